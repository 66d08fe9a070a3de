import type { InputBytes } from './input-bytes.ts';
import { byBase, type InputFile, type InputFolder, isLeftBySystem } from './input-folder.ts';

/** An open archive. */
export interface Archive {
  readonly top: InputFolder;
  close(): void;
}

/** The folders of an archive while its files are found. */
export interface ArchiveTree {
  readonly top: InputFolder;
  /** Adds a file, unless a system has left it there. */
  add(path: string, bytes: InputBytes): void;
}

interface GrowingFolder {
  readonly folder: InputFolder;
  readonly files: InputFile[];
  readonly folders: Map<string, GrowingFolder>;
}

/** @param archive what people call the archive */
export function createArchiveTree(archive: string): ArchiveTree {
  const top = createFolder(archive, '');
  return {
    top: top.folder,
    add: (path, bytes) => {
      const parts = path.split('/').filter((part) => part !== '' && part !== '.');
      const base = parts.pop();
      if (base === undefined || isLeftBySystem(base) || parts.some(isLeftBySystem)) return;
      let place = top;
      for (const [k, part] of parts.entries()) {
        const inner =
          place.folders.get(part) ?? createFolder(`${archive}: ${parts.slice(0, k + 1).join('/')}`, part);
        place.folders.set(part, inner);
        place = inner;
      }
      place.files.push({ base, bytes: async () => bytes });
    },
  };
}

function createFolder(name: string, base: string): GrowingFolder {
  const files: InputFile[] = [];
  const folders = new Map<string, GrowingFolder>();
  const list: InputFolder['list'] = async () => ({
    files: files.toSorted(byBase),
    folders: Array.from(folders.values(), ({ folder }) => folder).toSorted(byBase),
  });
  return { folder: { name, base, list }, files, folders };
}
