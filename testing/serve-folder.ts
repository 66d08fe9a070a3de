import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { listen } from './listen.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
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

export interface ServedFolder {
  /** Address of the folder, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Path under which the folder is served, such as `/MicroNN`; by default the root. */
  readonly base?: string;
  /** Content security policy, sent with every response. */
  readonly policy?: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
}

/**
 * Serves a folder as a static host does, on a free port of the loopback interface: a path that ends in a slash gets
 * the index.html there, a missing file gets status 404 with the folder's 404.html, and a path outside the base gets
 * status 404.
 */
export async function serveFolder(
  folder: string,
  { base = '', policy }: ServeOptions = {},
): Promise<ServedFolder> {
  const server = createServer((request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { status, type, body } = await answer(pathname);
    const headers = { 'content-type': type, ...(policy && { 'content-security-policy': policy }) };
    response.writeHead(status, headers).end(body);
  }

  async function answer(pathname: string): Promise<Answer> {
    const outside = { status: 404, type: 'text/plain', body: 'outside the served folder' };
    if (!pathname.startsWith(`${base}/`)) return outside;
    const name = decodeURIComponent(pathname.slice(base.length));
    const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
    if (!file.startsWith(folder + path.sep)) return outside;
    const body = await readIfPresent(file);
    if (body) {
      return { status: 200, type: CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream', body };
    }
    const page = await readIfPresent(path.join(folder, '404.html'));
    return { status: 404, type: CONTENT_TYPES['.html']!, body: page ?? 'not found' };
  }

  const { origin, close } = await listen(server);
  return { url: `${origin}${base}/`, close };
}

async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
