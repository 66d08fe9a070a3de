import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { VitePlugin } from './search-on-demand.ts';

/**
 * Lets Node load a module while pages are rendered, instead of bundling it: the trainer finds its own files by its
 * place on disk. Vite's `resolve.external` cannot do this, because it ignores TypeScript modules.
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
