/**
 * For tests: trains run after run in one process, which saves the start of many, and tells how each ended. The one
 * argument is the runs' options as JSON, each as the command line reads them.
 */
import { trainHere } from './train-here.ts';

export type ManyRun = Readonly<Record<string, string | boolean>>;

for (const options of JSON.parse(process.argv[2]!) as ManyRun[]) {
  const end = (await trainHere(options)).at(-1);
  process.stdout.write(`${JSON.stringify(end)}\n`);
}
