import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/** Files that a page may load later, for demos further down and formulas: code, styles, and fonts in one format. */
const wanted = /^_astro\/.*\.(?:js|css|woff2)$/;

/**
 * Lets the site work without network after the first visit: a service worker caches the code of all pages, and every
 * page and file that was requested. Large data is cached only on request.
 *
 * `pnpm dev` has no service worker, so that it never serves an old page.
 */
export function offline(): AstroIntegration {
  let base = '/';
  return {
    name: 'offline',
    hooks: {
      'astro:config:setup'({ command, config, injectScript }) {
        base = config.base.endsWith('/') ? config.base : `${config.base}/`;
        if (command === 'build') injectScript('page', registration(base));
      },
      async 'astro:build:done'({ dir, logger }) {
        const folder = fileURLToPath(dir);
        const files = (await readdir(folder, { recursive: true }))
          .map((file) => file.split(path.sep).join('/'))
          .filter((file) => wanted.test(file))
          .toSorted();
        const source = await readFile(new URL('./service-worker.js', import.meta.url), 'utf8');
        await writeFile(path.join(folder, 'service-worker.js'), serviceWorker(source, files, base));
        logger.info(`${files.length} files are cached for offline use`);
      },
    },
  };
}

/** Registers the worker after the page has loaded, so that it takes no bandwidth from the page. */
function registration(base: string): string {
  const register = `navigator.serviceWorker.register(${JSON.stringify(`${base}service-worker.js`)})`;
  return `if ('serviceWorker' in navigator) addEventListener('load', () => setTimeout(() => ${register}, 2000));`;
}

/** The worker with its list of files. The name of the cache changes with the file names. */
export function serviceWorker(source: string, files: readonly string[], base: string): string {
  const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
  const list = JSON.stringify(files.map((file) => base + file));
  return `const CACHE = ${JSON.stringify(`micronn-${version}`)};\nconst FILES = ${list};\n${source}`;
}
