#!/usr/bin/env node
// The command. In plain JavaScript, because any Node must be able to read it, whatever it lacks for the rest. No module
// of the trainer is loaded yet, so this file writes its errors itself, as the reporters do.
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const trainer = fileURLToPath(new URL('..', import.meta.url));

try {
  const { run } = await load();
  await run(process.argv.slice(2));
} catch (error) {
  const [code, message, exitCode] = failureOf(error);
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ event: 'error', code, message })}\n`);
  } else {
    process.stderr.write(`error ${code}: ${message}\n`);
  }
  process.exitCode = exitCode;
}

/** The bundle: in an installed package, the one that came with it; in a clone, one of the current sources. */
async function load() {
  const isClone = existsSync(path.join(trainer, 'src', 'run.ts'));
  const folder = isClone ? await bundleOfSources() : path.join(trainer, 'dist');
  if (folder === undefined) return import('../src/run.ts');
  // Keeps machine code for the next start. Node 20 lacks this function.
  module.enableCompileCache?.(path.join(folder, 'compiled'));
  return createRequire(import.meta.url)(path.join(folder, 'main.cjs'));
}

/** Undefined where a bundle cannot be made or written; the sources then run as they are, and say what is wrong. */
async function bundleOfSources() {
  try {
    const { currentBundle } = await import('../scripts/bundle.mjs');
    return await currentBundle();
  } catch {
    return undefined;
  }
}

/** The code, the sentence and the exit code for a Node that cannot load the program; throws any other error. */
function failureOf(error) {
  if (error.code === 'ERR_WEBASSEMBLY_NOT_SUPPORTED') {
    return [
      'ENGINE',
      'this Node runs without WebAssembly, with which it reads TypeScript: run it without --jitless',
      2,
    ];
  }
  if (/\bE[MN]FILE\b|too many open files/.test(`${error.code} ${error.message}`)) {
    return ['OPEN_FILES', 'too many open files: raise the limit, as ulimit -n 1024', 2];
  }
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') {
    return [
      'INSTALLATION',
      `a file of the installation is missing (${error.url ?? error.message}): delete node_modules and run npm start again`,
      2,
    ];
  }
  if (error instanceof RangeError && /memory/i.test(error.message)) {
    return [
      'DATA_TOO_LARGE',
      'the system refuses the memory in which Node reads TypeScript: free memory, or raise the limit of addresses (ulimit -v)',
      3,
    ];
  }
  throw error;
}
