/** The page of golden-runs.test.ts: trains every golden run and provides the hashes as a global variable. */
import { goldenRuns } from '@micronn/fixtures';
import { hashOfRun } from './golden-run.ts';

declare global {
  var hashes: Promise<string[]>;
}

globalThis.hashes = (async () => {
  const found: string[] = [];
  for (const run of goldenRuns) found.push(await hashOfRun(run, crossOriginIsolated));
  return found;
})();
