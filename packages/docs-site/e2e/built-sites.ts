// Vitest's global set-up of the browser tests: makes sure that there is a built site to test, once at the root of
// its host and once under a base path, and tells the tests where.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the site built without BASE: the package's own dist. */
    rootSite: string;
    /** Folder of the site built with BASE={@link BASE}. */
    baseSite: string;
  }
}

/** The base path of the second build, as on GitHub Pages. */
export const BASE = '/MicroNN';

const packageFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

export default async function setup(project: TestProject): Promise<void> {
  const rootSite = path.join(packageFolder, 'dist');
  const baseSite = path.join(packageFolder, 'test-results', 'site-with-base');
  // Turbo builds before it tests and says so by its hash; whoever runs the tests alone gets a fresh build.
  const builtByTurbo =
    process.env['TURBO_HASH'] !== undefined && existsSync(path.join(rootSite, 'index.html'));
  if (!builtByTurbo) await buildSite(rootSite, {});
  await buildSite(baseSite, { BASE, SITE: 'https://example.org' });
  project.provide('rootSite', rootSite);
  project.provide('baseSite', baseSite);
}

/** `astro build` with SITE and BASE as given and nothing of them from outside. */
async function buildSite(outDir: string, variables: { SITE?: string; BASE?: string }): Promise<void> {
  const { SITE: _site, BASE: _base, ...environment } = process.env;
  const astro = path.join(
    path.dirname(createRequire(import.meta.url).resolve('astro/package.json')),
    'bin/astro.mjs',
  );
  const build = spawn(process.execPath, [astro, 'build', '--outDir', path.relative(packageFolder, outDir)], {
    cwd: packageFolder,
    // Astro takes the VITEST and NODE_ENV of our own process for a test's.
    env: { ...environment, ...variables, NODE_ENV: 'production', VITEST: '', ASTRO_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [build.stdout, build.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(build, 'close')) as [number | null];
  if (code !== 0) throw new Error(`astro build --outDir ${outDir} ended with ${code}:\n${output}`);
}
