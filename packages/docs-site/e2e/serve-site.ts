import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { listen } from '@micronn/fixtures/listen';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

export interface ServedSite {
  /** Address of its start page, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a built site like a static host: index.html for a folder, 404.html for unknown files, and nothing outside the
 * base path. It uses a free port of the loopback interface.
 *
 * @param base base path of the site, as `/MicroNN`; empty for the root
 */
export async function serveSite(folder: string, base = ''): Promise<ServedSite> {
  const server = createServer((request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { status, type, body } = await answer(pathname);
    response.writeHead(status, { 'content-type': type }).end(body);
  }

  async function answer(pathname: string): Promise<{ status: number; type: string; body: Buffer | string }> {
    const outside = { status: 404, type: 'text/plain', body: 'outside the base path' };
    if (!pathname.startsWith(`${base}/`)) return outside;
    const name = decodeURIComponent(pathname.slice(base.length));
    const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
    if (!file.startsWith(folder + path.sep)) return outside;
    const body = await readIfThere(file);
    const type = contentTypes[path.extname(file)] ?? 'application/octet-stream';
    if (body) return { status: 200, type, body };
    return { status: 404, type: contentTypes['.html']!, body: await readFile(path.join(folder, '404.html')) };
  }

  const { origin, close } = await listen(server);
  return { url: `${origin}${base}/`, close };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
