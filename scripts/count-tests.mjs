// Prints the last line of .ci/run: adds up the test reports of all packages and of testing/, and the checks.
// Usage: node scripts/count-tests.mjs <passed checks> <failed checks>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const packages = readdirSync(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name));
let [passed, failed] = process.argv.slice(2).map(Number);
let skipped = 0;

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The reports that a folder's tests must leave: every folder has tests, some also have long tests. */
function expectedReports(folder) {
  const manifest = path.join(folder, 'package.json');
  const hasLongTests = existsSync(manifest) && readJson(manifest).scripts.long !== undefined;
  return hasLongTests ? ['vitest.json', 'long.json'] : ['vitest.json'];
}

for (const folder of [...packages, path.join(root, 'testing')]) {
  for (const name of expectedReports(folder)) {
    const report = path.join(folder, 'test-results', name);
    const label = path.relative(root, report);
    if (!existsSync(report)) {
      process.stdout.write(`${label}: missing, counted as one failure\n`);
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
    process.stdout.write(`${label}: ${result.numPassedTests} passed, ${failures} failed\n`);
  }
}

const alsoSkipped = skipped > 0 ? `, ${skipped} skipped` : '';
process.stdout.write(`${passed} passed, ${failed} failed${alsoSkipped}\n`);
process.exitCode = failed > 0 ? 1 : 0;
