import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/** What a demo that was not scrolled to yet, or a formula, may still want: code, styles, fonts in one format. */
const wanted = /^_astro\/.*\.(?:js|css|woff2)$/;

/**
 * Lets the site work without network once it has loaded: a service worker keeps the code of all pages, and each
 * page and file that was visited. Large data is kept when it was asked for, and not before.
 *
 * `pnpm dev` has none, so that no old page stands in the way of a new one.
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
        logger.info(`${files.length} files are kept for offline`);
      },
    },
  };
}

/** Registers the worker when the page has nothing else to do: it must not take bandwidth from the page itself. */
function registration(base: string): string {
  const register = `navigator.serviceWorker.register(${JSON.stringify(`${base}service-worker.js`)})`;
  return `if ('serviceWorker' in navigator) addEventListener('load', () => setTimeout(() => ${register}, 2000));`;
}

/** The worker with its list of files; its cache has a new name as soon as one of them has. */
export function serviceWorker(source: string, files: readonly string[], base: string): string {
  const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
  const list = JSON.stringify(files.map((file) => base + file));
  return `const CACHE = ${JSON.stringify(`micronn-${version}`)};\nconst FILES = ${list};\n${source}`;
}
