// The closing line of .ci/run: adds up the reports that each package's tests left, and the checks beside them.
// Usage: node scripts/count-tests.mjs <passed checks> <failed checks>
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'packages');
let [passed, failed] = process.argv.slice(2).map(Number);
let skipped = 0;

for (const name of readdirSync(packages)) {
  const results = path.join(packages, name, 'test-results');
  if (!existsSync(path.join(results, 'vitest.json'))) {
    process.stdout.write(`${name}: no report of its tests\n`);
    failed++;
  }
  // The tests, and those that take long.
  for (const report of ['vitest.json', 'long.json'].map((file) => path.join(results, file))) {
    if (!existsSync(report)) continue;
    const result = JSON.parse(readFileSync(report, 'utf8'));
    // A file that fails before its first test counts as one failure.
    const brokenFiles = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    passed += result.numPassedTests;
    failed += result.numFailedTests + brokenFiles.length;
    skipped += result.numPendingTests;
    process.stdout.write(
      `${name}: ${result.numPassedTests} passed, ${result.numFailedTests + brokenFiles.length} failed\n`,
    );
  }
}

const also = skipped > 0 ? `, ${skipped} skipped` : '';
process.stdout.write(`${passed} passed, ${failed} failed${also}\n`);
process.exitCode = failed > 0 ? 1 : 0;
