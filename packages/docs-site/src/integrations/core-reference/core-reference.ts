import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { readCoreApi } from './core-api.ts';
import { corePages } from './core-pages.ts';

const folder = fileURLToPath(new URL('../../content/docs/reference/core/', import.meta.url));

/** Writes a reference page for each entry of core, from core's sources, into a folder that git ignores. */
export function coreReference(): AstroIntegration {
  return {
    name: 'core-reference',
    hooks: {
      'astro:config:setup': ({ addWatchFile }) => {
        const api = readCoreApi();
        writePages(corePages(api).map(({ file, markdown }) => [file, markdown]));
        const sources = api.entries.flatMap(({ file, exports }) => [
          file,
          ...exports.map((each) => each.file),
        ]);
        for (const source of new Set(sources)) addWatchFile(source);
      },
    },
  };
}

/** Writes only the pages that changed: two builds may run at once, and a dev server watches the folder. */
function writePages(files: readonly (readonly [string, string])[]): void {
  mkdirSync(folder, { recursive: true });
  const names = new Set(files.map(([file]) => file));
  const existing = readdirSync(folder);
  for (const file of existing) if (!names.has(file)) rmSync(path.join(folder, file), { force: true });
  for (const [file, text] of files) {
    const target = path.join(folder, file);
    if (existing.includes(file) && readFileSync(target, 'utf8') === text) continue;
    writeFileSync(target, text);
  }
}
