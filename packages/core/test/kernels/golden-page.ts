import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { listen } from '../../../../testing/listen.ts';

/** page.ts at two addresses: one may share memory, the other may not. */
export interface GoldenPage {
  readonly sharedUrl: string;
  readonly unsharedUrl: string;
  close(): Promise<void>;
}

/** Bundles page.ts and serves it on a free port of the loopback interface, under a strict content security policy. */
export async function serveGoldenPage(): Promise<GoldenPage> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      rollupOptions: { input: fileURLToPath(new URL('page.ts', import.meta.url)) },
    },
  });
  if (!('output' in built)) throw new Error('vite built something else than one bundle');
  const script = built.output[0].code;
  const server = createServer((request, response) => {
    // Only a cross-origin isolated page may share memory.
    const isolated = request.url?.startsWith('/isolated') ?? false;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'",
      ...(isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
    });
    response.end(`<!doctype html><title>golden runs</title><script type="module">${script}</script>`);
  });
  const { origin, close } = await listen(server);
  return { sharedUrl: `${origin}/isolated`, unsharedUrl: `${origin}/`, close };
}
