// Bundles the trainer with esbuild: the command, and each module that runs in a thread or process of its own, as one
// CommonJS file. Node starts a few files much sooner than some 130 modules of TypeScript, and can keep their machine code.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const trainer = fileURLToPath(new URL('..', import.meta.url));
const bundles = path.join(trainer, 'node_modules', '.cache', 'micronn');

/** What a bundle is made of. The lock file stands for the packages in node_modules. */
const sources = ['src', 'package.json', 'scripts/bundle.mjs', '../core/src', '../../pnpm-lock.yaml'];

/** The files of a bundle; src/module-url.ts finds those beside the command. */
const entries = {
  main: 'src/run.ts',
  worker: 'src/training/worker.ts',
  'table-worker': 'src/data/table/table-worker.ts',
  'piscina-worker': 'node_modules/piscina/dist/worker.js',
};

/** A bundle of earlier sources is kept for so long after it was made: a running command may still have to start a thread. */
const KEPT_DAYS = 7;

/**
 * The folder of a bundle of the current sources. It is made if there is none, under a name that depends on the sources,
 * so that it never changes while a command runs.
 */
export async function currentBundle() {
  const folder = path.join(bundles, stateOf(sources));
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    await makeBundle(unfinished);
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // Another command has made the same bundle in the meantime.
      if (!existsSync(folder)) throw error;
    }
    removeOld(folder);
  }
  return folder;
}

/** Identifies the sources by their number, their bytes and the times of their last changes: this is done at every start. */
function stateOf(paths) {
  const state = { files: 0, bytes: 0, times: 0 };
  const visit = (file) => {
    const about = statSync(file);
    if (about.isDirectory()) {
      for (const name of readdirSync(file)) if (!name.endsWith('.test.ts')) visit(path.join(file, name));
      return;
    }
    state.files++;
    state.bytes += about.size;
    state.times += Math.floor(about.mtimeMs);
  };
  for (const name of paths) visit(path.join(trainer, name));
  return `${state.files}-${state.bytes}-${state.times}`;
}

function removeOld(current) {
  for (const name of readdirSync(bundles)) {
    const folder = path.join(bundles, name);
    const days = (Date.now() - statSync(folder).mtimeMs) / 86_400_000;
    if (folder !== current && days > KEPT_DAYS) rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles into a folder, and returns esbuild's account of what is in the bundle. */
export async function makeBundle(folder) {
  mkdirSync(folder, { recursive: true });
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    absWorkingDir: trainer,
    entryPoints: Object.entries(entries).map(([name, file]) => ({ out: name, in: file })),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // piscina loads it for an option that the trainer does not use.
    external: ['@napi-rs/nice'],
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    plugins: [withoutChildProcesses],
    logLevel: 'silent',
    metafile: true,
  });
  // piscina starts its threads with the worker.js beside it.
  renameSync(path.join(folder, 'piscina-worker.cjs'), path.join(folder, 'worker.js'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  return metafile;
}

/** commander starts other programs for commands that are programs of their own; the trainer has none. */
const withoutChildProcesses = {
  name: 'without-child-processes',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'none' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default {}' }));
  },
};
