// Vitest's global set-up of the browser tests: builds the site for the root of a host, unless it is built, and provides
// its folder to the tests.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildSite, packageFolder } from './build-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the site built without BASE: the package's own dist. */
    rootSite: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const rootSite = path.join(packageFolder, 'dist');
  // Turbo builds before it tests, and sets its hash. Without turbo, the tests build the site themselves.
  const builtByTurbo =
    process.env['TURBO_HASH'] !== undefined && existsSync(path.join(rootSite, 'index.html'));
  if (!builtByTurbo) await buildSite(rootSite, {});
  project.provide('rootSite', rootSite);
}
