import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Declaration, readModules } from './declarations.ts';

/** An entry of the package, as `@micronn/core/kernels`. */
export interface Entry {
  /** `@micronn/core/kernels`. */
  readonly name: string;
  /** The folder of its page below `reference/core/`; empty for the main entry. */
  readonly slug: string;
  /** Its content and its size, from core's README. */
  readonly holds: string;
  readonly size: string;
  readonly exports: readonly Declaration[];
  readonly file: string;
}

export interface CoreApi {
  readonly entries: readonly Entry[];
  /** The entry that documents a name: the first that exports it, not counting the main entry. */
  readonly home: ReadonlyMap<string, Entry>;
}

const core = new URL('../../../../core/', import.meta.url);

/** All exports of core, from its package.json, its sources and its README. */
export function readCoreApi(): CoreApi {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', core), 'utf8')) as {
    exports: Record<string, string>;
  };
  const paths = Object.entries(exports);
  const files = paths.map(([, path]) => fileURLToPath(new URL(path, core)));
  const modules = readModules(files);
  const rows = readmeRows();
  const entries = paths.map(([path], k): Entry => {
    const name = `@micronn/core${path.slice(1)}`;
    const row = rows.get(name);
    if (!row) throw new Error(`core's README: expected a row for ${name}`);
    return { name, slug: path.slice(2), ...row, exports: modules[k]!.exports, file: files[k]! };
  });
  const home = new Map<string, Entry>();
  for (const entry of [...entries.slice(1), entries[0]!]) {
    for (const { name } of entry.exports) if (!home.has(name)) home.set(name, entry);
  }
  return { entries, home };
}

/** The README's table of entries: name, content, compressed size. */
function readmeRows(): Map<string, { holds: string; size: string }> {
  const readme = readFileSync(new URL('README.md', core), 'utf8');
  return new Map(
    Array.from(
      readme.matchAll(/^\| `(@micronn\/core[/\w-]*)`\s*\| (.*?)\s*\| ([\d.]+ kB)\s*\|$/gm),
      ([, name, holds, size]) => [name!, { holds: holds!, size: size! }],
    ),
  );
}
