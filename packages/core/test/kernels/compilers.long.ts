import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goldenRuns } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const program = fileURLToPath(new URL('tell-hashes.ts', import.meta.url));

// A short run ends before V8's optimizing compiler replaces the quick compiler's code, so these flags select one
// compiler from the start.
describe.each([
  ['the quick compiler alone', ['--liftoff', '--no-wasm-tier-up']],
  ['the optimising compiler alone', ['--no-liftoff']],
  ['pairs of vectors joined', ['--no-liftoff', '--experimental-wasm-revectorize']],
])('compiled with %s', (_name, flags) => {
  test.each(['shared', 'unshared'])('every golden run has its hash in Node, memory %s', async (memory) => {
    const { stdout } = await run(process.execPath, [...flags, program, memory]);
    expect(JSON.parse(stdout)).toEqual(goldenRuns.map((golden) => golden.parametersSha256));
  });
});
