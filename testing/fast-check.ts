/**
 * Vitest's setup file for packages with property tests: one seed for all properties of a test file. MICRONN_FC_SEED
 * gives the seed; otherwise it is random. A failed test prints the seed, so that the same cases can run again.
 */
import * as fc from 'fast-check';
import { beforeEach } from 'vitest';

const VARIABLE = 'MICRONN_FC_SEED';

const given = process.env[VARIABLE];
const seed = given ? Number(given) : crypto.getRandomValues(new Int32Array(1))[0]!;
if (!Number.isInteger(seed) || Math.abs(seed) >= 2 ** 32) {
  throw new RangeError(`${VARIABLE} must be an integer of at most 32 bits, got ${given}`);
}
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

let isPrinted = false;
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    if (!isPrinted) process.stderr.write(`fast-check's seed: run again with ${VARIABLE}=${seed}\n`);
    isPrinted = true;
  });
});
