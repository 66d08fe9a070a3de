import type { RawSource } from '../source.ts';
import type { Archive } from './archive-tree.ts';
import { recognise } from './input-bytes.ts';
import type { FolderContent } from './input-folder.ts';
import type { KnownFile } from './known-file.ts';
import { type ArrayPlace, type NamedArray, namedArray, readArraySets } from './read-arrays.ts';
import type { Reading } from './reading-context.ts';
import { inFile } from './temporary-file.ts';
import { openZip } from './zip-folder.ts';

/** Opens arrays in files of their own. */
export async function arraysOf(files: readonly KnownFile[]): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  // A file and its gzipped copy are the same: the first, without .gz, is read.
  const names = new Set<string>();
  for (const { file, known } of files) {
    const name = file.base.toLowerCase().replace(/\.gz$/, '');
    if (names.has(name)) continue;
    names.add(name);
    arrays.push(await namedArray(file.base, known));
  }
  return arrays;
}

/** Reads .npy files, and .npz files of one or several arrays. */
export async function readNumpyFolder(
  files: readonly KnownFile[],
  packed: readonly KnownFile[],
  place: ArrayPlace,
  reading: Reading,
): Promise<RawSource> {
  const arrays = await arraysOf(files);
  const opened: Archive[] = [];
  try {
    for (const { file, known } of packed) {
      const zip = await openZip(await inFile(known.bytes, reading.load.signal));
      opened.push(zip);
      const inside = await numpyArrays(await zip.top.list());
      // KMNIST has its images and labels in files of their own, each with a single array.
      for (const array of inside) {
        arrays.push(packed.length > 1 && inside.length === 1 ? { ...array, name: file.base } : array);
      }
    }
    const told = packed.length > 0 ? place.told.replace('npy', 'npz') : place.told;
    return await readArraySets(arrays, { ...place, told }, reading);
  } finally {
    for (const zip of opened) zip.close();
  }
}

/** The arrays of an .npz file: a ZIP archive of .npy files, called by the names of the arrays. */
export async function numpyArrays({ files }: FolderContent): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  for (const file of files) {
    const known = await recognise(await file.bytes());
    if (known.kind !== 'npy') continue;
    arrays.push(await namedArray(file.base.replace(/\.npy$/i, ''), known));
  }
  return arrays;
}
