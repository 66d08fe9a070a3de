/** A program of golden-runs.test.ts: prints the hash of each golden run, in the memory that the argument says. */
import { goldenRuns } from '@micronn/fixtures';
import { hashOfRun } from './golden-run.ts';

const shared = process.argv[2] === 'shared';
const hashes: string[] = [];
for (const run of goldenRuns) hashes.push(await hashOfRun(run, shared));
process.stdout.write(JSON.stringify(hashes));
