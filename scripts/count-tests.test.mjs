import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** Runs count-tests.mjs in a copy of the repository that has only these JSON files. */
async function countTests(files, ...checks) {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), JSON.stringify(content));
  }
  const script = path.join(root, 'scripts', 'count-tests.mjs');
  mkdirSync(path.dirname(script));
  copyFileSync(path.join(import.meta.dirname, 'count-tests.mjs'), script);
  const { status, stdout } = spawnSync(process.execPath, [script, ...checks], { encoding: 'utf8' });
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

const report = (numPassedTests, numFailedTests = 0, numPendingTests = 0, testResults = []) => ({
  numPassedTests,
  numFailedTests,
  numPendingTests,
  testResults,
});

/** Two packages, of which one has long tests, and all their reports. */
const allPassed = {
  'test-results/vitest.json': report(1),
  'packages/short/package.json': { scripts: {} },
  'packages/short/test-results/vitest.json': report(2),
  'packages/both/package.json': { scripts: { long: 'vitest run' } },
  'packages/both/test-results/vitest.json': report(3),
  'packages/both/test-results/long.json': report(4),
};

test('tests and checks add up, and the exit code is 0', async () => {
  expect(await countTests(allPassed, 3, 0)).toEqual({ status: 0, lastLine: '13 passed, 0 failed' });
});

test('skipped tests are counted', async () => {
  const files = { ...allPassed, 'test-results/vitest.json': report(1, 0, 5) };
  expect(await countTests(files, 0, 0)).toEqual({ status: 0, lastLine: '10 passed, 0 failed, 5 skipped' });
});

test('a failed check is a failure', async () => {
  expect(await countTests(allPassed, 2, 1)).toEqual({ status: 1, lastLine: '12 passed, 1 failed' });
});

test('a failed test is a failure', async () => {
  const files = { ...allPassed, 'packages/both/test-results/long.json': report(3, 1) };
  expect(await countTests(files, 0, 0)).toEqual({ status: 1, lastLine: '9 passed, 1 failed' });
});

test('a file that fails before its first test is one failure', async () => {
  const broken = [
    { status: 'failed', assertionResults: [] },
    { status: 'passed', assertionResults: [] },
  ];
  const files = { ...allPassed, 'packages/short/test-results/vitest.json': report(2, 0, 0, broken) };
  expect(await countTests(files, 0, 0)).toEqual({ status: 1, lastLine: '10 passed, 1 failed' });
});

test.each(Object.entries(allPassed).filter(([name]) => name.includes('test-results')))(
  'a missing %s is one failure',
  async (missing, { numPassedTests }) => {
    const { [missing]: _, ...files } = allPassed;
    expect(await countTests(files, 0, 0)).toEqual({
      status: 1,
      lastLine: `${10 - numPassedTests} passed, 1 failed`,
    });
  },
);
