import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The base path of the second build, as on GitHub Pages. */
export const BASE = '/MicroNN';

export const packageFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Runs `astro build` with these values of SITE and BASE, ignoring those of the environment. */
export async function buildSite(outDir: string, variables: { SITE?: string; BASE?: string }): Promise<void> {
  const { SITE: _site, BASE: _base, ...environment } = process.env;
  const astro = path.join(
    path.dirname(createRequire(import.meta.url).resolve('astro/package.json')),
    'bin/astro.mjs',
  );
  const build = spawn(process.execPath, [astro, 'build', '--outDir', path.relative(packageFolder, outDir)], {
    cwd: packageFolder,
    // With the VITEST and NODE_ENV of this process, Astro would build for a test.
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
