/**
 * Compiles assembly/ to WebAssembly and writes it into src/kernels/wasm.ts, deflated and as base64, so that it
 * loads without configuration everywhere. Run: pnpm --filter core kernels. A test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { main } from 'assemblyscript/asc';

const target = new URL('../src/kernels/wasm.ts', import.meta.url);

/** The kernels as WebAssembly. */
export async function compileKernels(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error } = await main(
    [
      'assembly/index.ts',
      '--outFile=kernels.wasm',
      '-O3',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd',
      '--enable=threads',
      '--importMemory',
      '--noExportMemory',
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
      // Their constants lie in front of what the host plans; KERNEL_BYTES of src/kernels/compile.ts.
      '--memoryBase=16',
      `--baseDir=${fileURLToPath(new URL('..', import.meta.url))}`,
    ],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`the kernels do not compile: ${error?.message}`, { cause: error });
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const base64 = deflateRawSync(await compileKernels(), { level: 9 }).toString('base64');
  writeFileSync(
    target,
    `/** Made by scripts/build-kernels.ts from assembly/: not to be changed by hand. */\nexport const kernelsBase64: string =\n  '${base64}';\n`,
  );
}
