import { expect, test } from 'vitest';
import { compileKernels } from '../../scripts/build-kernels.ts';
import { kernelsBase64 } from '../../src/kernels/wasm.ts';

test('the checked-in WebAssembly is what assembly/ compiles to', async () => {
  expect(await compileKernels()).toContain(`'${kernelsBase64}'`);
}, 60_000);
