import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listen } from '../../../../testing/listen.ts';

/** Bundles reference-bits.ts, followed by this statement, into one ES module for any engine. */
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

/** Serves a page that computes the hash; `globalThis.referenceHash` is its promise. */
export async function serveReferencePage(): Promise<ReferencePage> {
  const script = await bundleWith('globalThis.referenceHash = referenceHash();');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><title>reference</title><script type="module">${script}</script>`);
  });
  const { origin, close } = await listen(server);
  return { url: `${origin}/`, close };
}
