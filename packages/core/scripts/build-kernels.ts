/**
 * Compiles assembly/ to WebAssembly and writes it into src/kernels/wasm.ts, deflated and in base64, so that every
 * environment loads it without configuration; also generates assembly/fields.ts. Run: pnpm --filter core kernels. A
 * test compiles again and compares.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateAsync } from '@gfx/zopfli';
import { main } from 'assemblyscript/asc';
import { fieldOffsets } from './field-offsets.ts';
import { unroll } from './unroll.ts';

const moduleFile = new URL('../src/kernels/wasm.ts', import.meta.url);
const offsetsFile = new URL('../assembly/fields.ts', import.meta.url);

/** Compiles the kernels, or one of their files, for tests of functions that the kernels do not export. */
export async function compileKernels(file = 'index.ts'): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  let problems = '';
  const { error } = await main(
    [
      `assembly/${file}`,
      '--outFile=kernels.wasm',
      '-O3z',
      '--converge',
      // Sorts locals by how often they are used, which compresses better.
      '--runPasses=reorder-locals',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd',
      '--enable=threads',
      '--importMemory',
      '--noExportMemory',
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
      // The kernels' constants come before the memory that the host plans; see KERNEL_BYTES in
      // src/kernels/compile.ts.
      '--memoryBase=16',
      `--baseDir=${fileURLToPath(new URL('..', import.meta.url))}`,
    ],
    {
      stderr: {
        write: (text) => {
          problems += String(text);
        },
      },
      readFile: async (name, baseDir) => {
        const text = await readFile(path.resolve(baseDir, name), 'utf8').catch(() => null);
        return text === null || !name.startsWith('assembly/') ? text : unroll(text);
      },
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = Uint8Array.from(contents);
      },
    },
  );
  if (error || !binary)
    throw new Error(`the kernels do not compile: ${error?.message}\n${problems}`, { cause: error });
  return binary;
}

/** The import of the memory in the binary: its two names, the kind "memory", and the flags of its limits. */
const IMPORT = [3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 0x03];

/** The text of wasm.ts: the binary, deflated and in base64, and the place of the flag that makes its memory shared. */
export async function kernelsModule(): Promise<string> {
  const binary = await compileKernels();
  const place = Buffer.from(binary).indexOf(Buffer.from(IMPORT));
  if (place < 0) throw new Error('the kernels do not import their memory as expected');
  // 4 % smaller than with zlib.
  const base64 = Buffer.from(await deflateAsync(binary, { numiterations: 50 })).toString('base64');
  return `/** Made by scripts/build-kernels.ts from assembly/: not to be changed by hand. */
export const kernelsBase64: string =
  '${base64}';
/** Of the binary: the byte that says whether its memory is shared. */
export const memoryFlagsAt: number = ${place + IMPORT.length - 1};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(offsetsFile, await fieldOffsets());
  await writeFile(moduleFile, await kernelsModule());
}
