import path from 'node:path';

/**
 * The URL of a module that runs in a thread or a process of its own. In the bundle, all such modules lie beside the file
 * that names them, compiled to CommonJS.
 *
 * @param base `import.meta.url` of the module that names it
 * @param file path relative to that module, such as `./worker.ts`
 */
export function moduleUrl(base: string, file: string): URL {
  if (base.endsWith('.ts')) return new URL(file, base);
  return new URL(path.posix.basename(file).replace(/\.ts$/, '.cjs'), base);
}
