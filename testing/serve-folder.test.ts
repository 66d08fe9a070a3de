import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ServeOptions, serveFolder } from './serve-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Serves a folder `site`, with a file beside it that must stay out of reach. */
async function serveSite(options?: ServeOptions): Promise<string> {
  const parent = await temporaryFolder();
  const folder = path.join(parent, 'site');
  await mkdir(path.join(folder, 'page'), { recursive: true });
  await writeFile(path.join(parent, 'secret.txt'), 'secret');
  await writeFile(path.join(folder, 'index.html'), 'start');
  await writeFile(path.join(folder, 'page', 'index.html'), 'page');
  await writeFile(path.join(folder, 'a b.js'), 'script');
  await writeFile(path.join(folder, '404.html'), 'no such page');
  const served = await serveFolder(folder, options);
  onTestFinished(() => served.close());
  return served.url;
}

async function get(url: string): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(url);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

test('files have their content type, and a path that ends in a slash gets its index.html', async () => {
  const url = await serveSite();
  const html = 'text/html; charset=utf-8';
  expect(await get(url)).toEqual({ status: 200, type: html, text: 'start' });
  expect(await get(`${url}page/`)).toEqual({ status: 200, type: html, text: 'page' });
  expect(await get(`${url}a%20b.js`)).toEqual({
    status: 200,
    type: 'text/javascript; charset=utf-8',
    text: 'script',
  });
});

test('a missing file and a folder without its slash get 404.html', async () => {
  const url = await serveSite();
  expect(await get(`${url}missing.js`)).toMatchObject({ status: 404, text: 'no such page' });
  expect(await get(`${url}page`)).toMatchObject({ status: 404, text: 'no such page' });
});

test('under a base path, nothing outside it is served', async () => {
  const url = await serveSite({ base: '/MicroNN' });
  expect(new URL(url).pathname).toBe('/MicroNN/');
  expect(await get(url)).toMatchObject({ status: 200, text: 'start' });
  for (const outside of ['/', '/index.html', '/MicroNNindex.html']) {
    expect(await get(new URL(outside, url).href)).toMatchObject({
      status: 404,
      text: 'outside the served folder',
    });
  }
});

test('no path leads out of the folder', async () => {
  const url = await serveSite();
  // fetch would resolve the dots; a request by hand sends them.
  const { hostname, port } = new URL(url);
  const text = await new Promise<string>((resolve, reject) => {
    request({ hostname, port, path: '/..%2fsecret.txt' }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end();
  });
  expect(text).toBe('outside the served folder');
});

test('the content security policy comes with every response, and only when there is one', async () => {
  const url = await serveSite({ policy: "default-src 'self'" });
  for (const name of ['', 'missing']) {
    const { headers } = await fetch(url + name);
    expect(headers.get('content-security-policy')).toBe("default-src 'self'");
  }
  const { headers } = await fetch(await serveSite());
  expect(headers.get('content-security-policy')).toBeNull();
});
