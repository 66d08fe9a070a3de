import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compileKernels } from '../../scripts/build-kernels.ts';
import { kernelsBase64 } from '../../src/kernels/wasm.ts';

test('the checked-in WebAssembly is what assembly/ compiles to', async () => {
  const checkedIn = inflateRawSync(Buffer.from(kernelsBase64, 'base64'));
  expect(checkedIn.equals(await compileKernels())).toBe(true);
}, 60_000);
