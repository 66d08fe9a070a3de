/**
 * For tests: trains several runs in one process, which saves starting one for each, and prints the last event of each.
 * The only argument is the list of the runs' options as JSON.
 */
import { trainHere } from './train-here.ts';

export type ManyRun = Readonly<Record<string, string | boolean>>;

for (const options of JSON.parse(process.argv[2]!) as ManyRun[]) {
  const end = (await trainHere(options)).at(-1);
  process.stdout.write(`${JSON.stringify(end)}\n`);
}
