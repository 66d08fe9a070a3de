/**
 * For tests: trains run after run in one process, which saves the start of many, and tells how each ended. The one
 * argument is the runs' options as JSON, each as the command line reads them, with the environment of each.
 */
import { trainHere } from './train-here.ts';

export interface ManyRun {
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly delays: boolean;
}

process.env['MICRONN_TEST_NO_REPORT'] = '1';
for (const { options, delays } of JSON.parse(process.argv[2]!) as ManyRun[]) {
  if (delays) process.env['MICRONN_TEST_DELAYS'] = '1';
  else delete process.env['MICRONN_TEST_DELAYS'];
  const end = (await trainHere(options)).at(-1);
  process.stdout.write(`${JSON.stringify(end)}\n`);
}
