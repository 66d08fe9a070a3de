/** The page of golden-runs.test.ts: does every golden run and leaves the hashes where the test finds them. */
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
