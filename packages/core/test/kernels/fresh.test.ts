import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { kernelsModule } from '../../scripts/build-kernels.ts';

test('the checked-in WebAssembly is what assembly/ compiles to', async () => {
  const checkedIn = await readFile(new URL('../../src/kernels/wasm.ts', import.meta.url), 'utf8');
  expect((await kernelsModule()) === checkedIn).toBe(true);
}, 60_000);
