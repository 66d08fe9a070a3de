/**
 * Run by compilers.long.ts: prints the hash of each golden run, with memory that is shared if the argument is
 * `shared`.
 */
import { goldenRuns } from '@micronn/fixtures';
import { hashOfRun } from './golden-run.ts';

const shared = process.argv[2] === 'shared';
const hashes: string[] = [];
for (const run of goldenRuns) hashes.push(await hashOfRun(run, shared));
process.stdout.write(JSON.stringify(hashes));
