import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/**
 * Bundles a line of code with Vite for a browser, minified, with the package that is installed in `consumer`, and
 * returns the code. The line uses what it exports.
 */
export async function bundle(consumer: string, line: string): Promise<string> {
  const folder = await mkdtemp(path.join(consumer, 'bundle-'));
  try {
    const input = path.join(folder, 'entry.js');
    await writeFile(input, line);
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        modulePreload: false,
        rolldownOptions: { input, preserveEntrySignatures: 'strict', output: { codeSplitting: false } },
      },
    });
    if (!('output' in built) || built.output.length > 1) throw new Error('expected one bundle');
    return built.output[0].code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The size of the code compressed with gzip, in kB of 1,000 bytes. */
export function compressedKilobytes(code: string): number {
  return gzipSync(code, { level: 9 }).length / 1000;
}
