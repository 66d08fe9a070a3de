// Prints the last line of .ci/run: adds up the reports of all tests, and the checks that .ci/run has counted.
// Usage: node scripts/count-tests.mjs <passed checks> <failed checks>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
let [passed, failed] = process.argv.slice(2).map(Number);
let skipped = 0;

function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

/** The reports that a package must leave: every package has tests, and some have long tests. */
function packageReports(name) {
  const { scripts } = readJson(`packages/${name}/package.json`);
  const reports = scripts.long === undefined ? ['vitest.json'] : ['vitest.json', 'long.json'];
  return reports.map((report) => `packages/${name}/test-results/${report}`);
}

const packages = readdirSync(path.join(root, 'packages'));
for (const report of ['test-results/vitest.json', ...packages.flatMap(packageReports)]) {
  if (!existsSync(path.join(root, report))) {
    process.stdout.write(`${report}: missing, counts as one failure\n`);
    failed++;
    continue;
  }
  const result = readJson(report);
  // A file that fails before its first test counts as one failure.
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failures = result.numFailedTests + brokenFiles.length;
  passed += result.numPassedTests;
  failed += failures;
  skipped += result.numPendingTests;
  process.stdout.write(`${report}: ${result.numPassedTests} passed, ${failures} failed\n`);
}

const alsoSkipped = skipped > 0 ? `, ${skipped} skipped` : '';
process.stdout.write(`${passed} passed, ${failed} failed${alsoSkipped}\n`);
process.exitCode = failed > 0 ? 1 : 0;
