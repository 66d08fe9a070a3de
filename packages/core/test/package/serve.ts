import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { listen } from '@micronn/fixtures/listen';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

export interface Served {
  /** Where the folder's files are, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder's files under a base path, every one with this content security policy. */
export async function serve(folder: string, base: string, policy: string): Promise<Served> {
  const server = createServer((request, response) => {
    void respond(request, response);
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = path.join(folder, pathname.slice(base.length));
    const isInside = pathname.startsWith(base) && file.startsWith(folder + path.sep);
    if (!isInside || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = contentTypes[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
    response.end(await readFile(file));
  }

  const { origin, close } = await listen(server);
  return { url: origin + base, close };
}
