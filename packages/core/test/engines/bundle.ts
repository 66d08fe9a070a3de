import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { listen } from '@micronn/fixtures/listen';
import { build } from 'esbuild';

/** reference-bits.ts with this last statement, as one ES module that every engine runs. */
export async function bundleWith(statement: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { referenceHash } from './reference-bits.ts';\n${statement}`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

/** A page on a free port of the loopback interface. */
export interface ReferencePage {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a page that computes the hash and promises it as `globalThis.referenceHash`. */
export async function serveReferencePage(): Promise<ReferencePage> {
  const script = await bundleWith('globalThis.referenceHash = referenceHash();');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><title>reference</title><script type="module">${script}</script>`);
  });
  const { origin, close } = await listen(server);
  return { url: `${origin}/`, close };
}
