import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

/** A property that fails for nearly every integer, and prints the first one. */
const failing = `
  import * as fc from 'fast-check';
  import { test } from 'vitest';
  test('fails', () => {
    fc.assert(fc.property(fc.integer(), (n) => {
      process.stdout.write('drawn ' + n + '\\n');
      return n === 0;
    }), { endOnFailure: true });
  });
`;

/** The output of a test run with that property; a seed of '' leaves the choice to the setup file. */
async function runFailing(seed: string): Promise<string> {
  // Within this folder, where the packages can be resolved.
  const root = await mkdtemp(path.join(here, 'test-run-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(path.join(root, 'failing.test.js'), failing);
  await writeFile(
    path.join(root, 'vitest.config.js'),
    `export default { test: { setupFiles: ['../fast-check.ts'] } };`,
  );
  return await new Promise((resolve) => {
    const env = { ...process.env, MICRONN_FC_SEED: seed };
    execFile(process.execPath, [vitest, 'run', '--root', root], { env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

function drawn(output: string): string | undefined {
  return /drawn (-?\d+)/.exec(output)?.[1];
}

test('a failed property prints its seed, and MICRONN_FC_SEED draws the same cases again', async () => {
  const first = await runFailing('');
  const [, seed = ''] = /run again with MICRONN_FC_SEED=(-?\d+)\n/.exec(first) ?? [];
  expect(first).toContain(`seed: ${seed},`);
  expect(drawn(first)).toMatch(/^-?\d+$/);
  expect(drawn(await runFailing(seed))).toBe(drawn(first));
}, 60_000);

test.each(['x', '1.5', '4294967296', 'NaN'])(
  'MICRONN_FC_SEED=%s is refused',
  async (seed) => {
    const output = await runFailing(seed);
    expect(output).toContain(`MICRONN_FC_SEED must be an integer of at most 32 bits, got ${seed}`);
    expect(drawn(output)).toBeUndefined();
  },
  60_000,
);
