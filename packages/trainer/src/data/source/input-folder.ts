import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { unreadable } from '../../errors.ts';
import { fileBytes, type InputBytes } from './input-bytes.ts';

/** A file of a folder or an archive. */
export interface InputFile {
  /** Its name, without folders. */
  readonly base: string;
  /** @throws MicronnError when it is not a regular file */
  bytes(): Promise<InputBytes>;
}

/** A folder on the disk or in an archive. */
export interface InputFolder {
  /** What people call it: its path, or `archive.zip: images`. */
  readonly name: string;
  /** Its name, without the folders above; empty for the top of an archive. */
  readonly base: string;
  /** What lies in it, in the order of the names' characters, without hidden files and those that systems leave there. */
  list(): Promise<FolderContent>;
}

export interface FolderContent {
  readonly files: readonly InputFile[];
  readonly folders: readonly InputFolder[];
}

/** Names of what people did not put there: hidden files, those of macOS and Windows, and folders of installed packages. */
export function isLeftBySystem(base: string): boolean {
  return /^(\.|__macosx$|thumbs\.db$|desktop\.ini$|node_modules$|site-packages$|__pycache__$)/i.test(base);
}

/** Orders by the characters of names. */
export function byBase(one: { readonly base: string }, other: { readonly base: string }): number {
  return one.base < other.base ? -1 : one.base > other.base ? 1 : 0;
}

/** A folder on the disk. */
export function diskFolder(folder: string): InputFolder {
  return {
    name: folder,
    base: path.basename(path.resolve(folder)),
    list: async () => {
      const files: InputFile[] = [];
      const folders: InputFolder[] = [];
      for (const entry of entriesOf(folder)) {
        if (isLeftBySystem(entry.name)) continue;
        const full = path.join(folder, entry.name);
        if (isFolder(entry, full)) folders.push(diskFolder(full));
        else files.push({ base: entry.name, bytes: async () => fileBytes(full) });
      }
      return { files: files.toSorted(byBase), folders: folders.toSorted(byBase) };
    },
  };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

/** Whether an entry of a folder is a folder, or links to one. A link that leads nowhere fails when its file is opened. */
function isFolder(entry: Dirent, full: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(full, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
