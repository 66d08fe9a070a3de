import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { VitePlugin } from './search-on-demand.ts';

/**
 * Lets Node import a module while the build renders pages, instead of bundling the module: the trainer finds its
 * files relative to its own location. Vite's `resolve.external` ignores TypeScript modules.
 */
export function loadInNode(module: string): VitePlugin {
  const address = pathToFileURL(createRequire(import.meta.url).resolve(module)).href;
  return {
    name: `load-in-node:${module}`,
    enforce: 'pre',
    // `pnpm dev` bundles nothing.
    apply: 'build',
    resolveId: (id) => (id === module ? { id: address, external: true } : undefined),
  };
}
