import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compileKernels, kernelsModule } from '../../scripts/build-kernels.ts';
import { kernelsBase64, memoryFlagsAt } from '../../src/kernels/wasm.ts';

// Not the text of the module: zlib compresses a little differently on other processors.
test('the checked-in WebAssembly is what assembly/ compiles to', async () => {
  const checkedIn = inflateRawSync(Buffer.from(kernelsBase64, 'base64'));
  expect(checkedIn.equals(await compileKernels())).toBe(true);
  expect(await kernelsModule()).toContain(`memoryFlagsAt: number = ${memoryFlagsAt};`);
}, 60_000);
