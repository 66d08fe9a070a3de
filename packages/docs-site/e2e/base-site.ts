// Vitest's global set-up of the long tests: builds the site under a base path, and provides its folder to the tests.
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { BASE, buildSite, packageFolder } from './build-site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the site built with BASE={@link BASE}. */
    baseSite: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const baseSite = path.join(packageFolder, 'test-results', 'site-with-base');
  await buildSite(baseSite, { BASE, SITE: 'https://example.org' });
  project.provide('baseSite', baseSite);
}
