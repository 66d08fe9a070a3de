import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { readCoreApi } from '../reference/core-api.ts';
import { corePages } from '../reference/core-pages.ts';
import { readTrainer } from '../reference/trainer.ts';

const folder = fileURLToPath(new URL('../content/docs/reference/core/', import.meta.url));

/** The module that pages import; its type stands in trainer-module.d.ts. */
const TRAINER = 'virtual:trainer';

/**
 * What the reference is made of, read from the sources when the site is built: core's pages, written into a folder
 * that git does not know, and the trainer as a module of data.
 */
export function reference(): AstroIntegration {
  return {
    name: 'reference',
    hooks: {
      'astro:config:setup': ({ addWatchFile, updateConfig }) => {
        const api = readCoreApi();
        writePages(corePages(api).map(({ file, markdown }) => [file, markdown]));
        const sources = api.entries.flatMap(({ file, exports }) => [
          file,
          ...exports.map((each) => each.file),
        ]);
        for (const source of new Set(sources)) addWatchFile(source);
        updateConfig({
          vite: {
            plugins: [
              {
                name: TRAINER,
                resolveId: (id) => (id === TRAINER ? `\0${TRAINER}` : undefined),
                load: (id) =>
                  id === `\0${TRAINER}` ? `export default ${JSON.stringify(readTrainer())};` : undefined,
              },
            ],
          },
        });
      },
    },
  };
}

/** Only what is new is written: two builds may run at once, and a server watches. */
function writePages(files: readonly (readonly [string, string])[]): void {
  mkdirSync(folder, { recursive: true });
  const names = new Set(files.map(([file]) => file));
  const there = readdirSync(folder);
  for (const file of there) if (!names.has(file)) rmSync(path.join(folder, file), { force: true });
  for (const [file, text] of files) {
    const target = path.join(folder, file);
    if (there.includes(file) && readFileSync(target, 'utf8') === text) continue;
    writeFileSync(target, text);
  }
}
