import path from 'node:path';
import { type FileKind, parseArrayName } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import type { RawSource } from '../source.ts';
import { foreignKind, isForeign } from './foreign-kind.ts';
import { assertIdxName, isIdxName } from './idx-name.ts';
import { type KnownBytes, recognise } from './input-bytes.ts';
import type { FolderContent, InputFile, InputFolder } from './input-folder.ts';
import { isDataName, isTableName, type KnownFile, recogniseAll } from './known-file.ts';
import { readArraySets } from './read-arrays.ts';
import { arraysOf, numpyArrays, readNumpyFolder } from './read-numpy.ts';
import { readParquet } from './read-parquet.ts';
import { flatPictures, isPictureName, pictureSets, readPictureFiles } from './read-picture-folder.ts';
import { readListed, readTables } from './read-tables.ts';
import { assertGoesOn, notFound, type Reading, sourceOf } from './reading-context.ts';
import { openTar } from './tar-folder.ts';
import { inFile } from './temporary-file.ts';
import { openZip } from './zip-folder.ts';

/** How deep data may lie below the folder that was typed. */
const MOST_LEVELS = 5;
/** More files of other kinds than any data set has beside its images. */
const MOST_FILES = 1000;

/** Where a folder lies, and what it is told as. */
interface Place {
  /** The names of the folders above and its own, with slashes. */
  readonly path: string;
  /** ` in zip` in an archive. */
  readonly within: string;
  readonly levels: number;
  /** The folders that may still be looked into. */
  readonly budget: { folders: number };
}

/** More folders than any data set has: who names a whole disk does not wait for its end. */
const MOST_FOLDERS = 20_000;

/**
 * Reads the data of a folder on the disk or in an archive: of the folder itself, or of the only folder in it that holds
 * any.
 *
 * @throws MicronnError when it holds no data, or several data sets
 */
export async function readFolder(
  folder: InputFolder,
  { path: above, within }: { readonly path: string; readonly within: string },
  reading: Reading,
): Promise<RawSource> {
  const source = await readBelow(
    folder,
    { path: above, within, levels: 0, budget: { folders: MOST_FOLDERS } },
    reading,
  );
  if (source) return source;
  if (reading.chosen !== undefined) throw notFound(folder.name, reading.chosen);
  await assertNothingForeign(folder, MOST_LEVELS);
  throw new MicronnError(
    'DATA_NOT_FOUND',
    'no data in it: expected IDX, NumPy, Parquet or CSV files, or a folder of images per class',
    { file: folder.name },
  );
}

/** Files of other kinds that are looked at in a folder without data. */
const MOST_FOREIGN = 20;

/**
 * Looks for files that could become data, such as HDF5 or BMP images.
 *
 * @throws MicronnError that says what to do with the first
 */
async function assertNothingForeign(folder: InputFolder, levels: number): Promise<void> {
  const { files, folders } = await folder.list();
  for (const file of files.slice(0, MOST_FOREIGN)) {
    const { bytes, kind } = await recognise(await file.bytes());
    if (isForeign(kind)) throw foreignKind(bytes.name, kind);
  }
  if (levels === 0) return;
  for (const inner of folders.slice(0, MOST_FOREIGN)) await assertNothingForeign(inner, levels - 1);
}

async function readBelow(
  folder: InputFolder,
  place: Place,
  reading: Reading,
): Promise<RawSource | undefined> {
  assertGoesOn(reading, folder.name);
  const content = await folder.list();
  const own = await readOwn(folder, content, place, reading);
  // What is not found in a folder on the disk may be mistyped: it is not looked for far and wide.
  const isChosenHere = reading.chosen !== undefined && place.within === '';
  if (own || place.levels === MOST_LEVELS || isChosenHere) return own;
  const found: { folder: InputFolder; source: () => Promise<RawSource | undefined> }[] = [];
  for (const inner of content.folders) {
    const below = { ...place, path: path.posix.join(place.path, inner.base), levels: place.levels + 1 };
    if (await holdsData(inner, below)) {
      found.push({ folder: inner, source: () => readBelow(inner, below, reading) });
    }
  }
  const [first, second] = found;
  if (first && second) {
    throw new MicronnError(
      'DATA_SEVERAL',
      `several folders with data, ${found.map((one) => one.folder.base).join(', ')}: name one of them`,
      { file: folder.name },
    );
  }
  return first?.source();
}

/** Whether a folder, or one in it, has files that may be data, by their names. */
async function holdsData(folder: InputFolder, place: Place): Promise<boolean> {
  if (place.budget.folders-- === 0) {
    throw new MicronnError('DATA_SEVERAL', `more than ${MOST_FOLDERS} folders: name that of the data`, {
      file: folder.name,
    });
  }
  const { files, folders } = await folder.list();
  if (files.some(({ base }) => isPictureName(base) || isDataName(base))) return true;
  if (place.levels >= MOST_LEVELS) return false;
  const below = { ...place, levels: place.levels + 1 };
  for (const inner of folders) if (await holdsData(inner, below)) return true;
  return false;
}

/** Reads the data that lies in the folder itself, or in subfolders for its parts and classes. */
async function readOwn(
  folder: InputFolder,
  content: FolderContent,
  place: Place,
  reading: Reading,
): Promise<RawSource | undefined> {
  const pictures = content.files.filter(({ base }) => isPictureName(base));
  const array = { name: folder.name, path: place.path };
  const others = await withSameNames(content);
  const named = others.filter(({ base }) => isIdxName(base));
  const files = await recogniseAll(named.length > 0 ? named : others);
  const of = (kind: FileKind): KnownFile[] => files.filter(({ known }) => known.kind === kind);

  if (named.length > 0 || of('idx').length > 0) {
    for (const { file, known } of files) if (isIdxName(file.base)) assertIdxName(file.base, known);
    const arrays = await arraysOf(of('idx'));
    const mappings = content.files.filter(({ base }) => /mapping\.txt$/i.test(base));
    return readArraySets(arrays, { ...array, told: `IDX${place.within}`, mappings }, reading);
  }
  const archives = files.filter(({ known }) => known.kind === 'zip' || known.kind === 'tar');
  const packed = archives.filter(({ file }) => /\.npz$/i.test(file.base));
  if (of('npy').length > 0 || packed.length > 0) {
    return readNumpyFolder(of('npy'), packed, { ...array, told: `npy${place.within}` }, reading);
  }
  const tables = of('text').filter(({ file }) => isTableName(file.base));
  if (reading.chosen !== undefined) {
    return tables.length > 0 ? readTables(folder.name, tables, place.path, reading) : undefined;
  }
  const parquet = of('parquet');
  if (parquet.length > 0) return readParquetFiles(parquet, place, reading);

  const listed = await readListed(content, tables, reading, MOST_LEVELS);
  if (listed) return withTold(listed, place.within);
  const sets = await pictureSets(folder, content, reading);
  if (sets) return withTold(await sourceOf(sets, (part) => readPictureFiles(part, reading)), place.within);
  // Kaggle's Sign Language MNIST has pictures for people to look at beside its tables.
  if (tables.length > 0)
    return withTold(await readTables(folder.name, tables, place.path, reading), place.within);
  if (pictures.length > 0) {
    const flat = flatPictures(folder.name, pictures, reading);
    return withTold({ train: await readPictureFiles(flat, reading) }, place.within);
  }
  if (archives.length > 0) return readArchives(folder, archives, place, reading);
  return undefined;
}

/**
 * The files of a folder, and those that lie in a folder of their own name, as an archive of MNIST's on Kaggle has them:
 * `train-images-idx3-ubyte/train-images-idx3-ubyte`.
 */
async function withSameNames({ files, folders }: FolderContent): Promise<InputFile[]> {
  const all = files.filter(({ base }) => !isPictureName(base)).slice(0, MOST_FILES);
  for (const inner of folders) {
    if (!isIdxName(inner.base)) continue;
    const same = (await inner.list()).files.find(({ base }) => sameName(base, inner.base));
    if (same && !all.some(({ base }) => sameName(base, inner.base))) all.push(same);
  }
  return all;
}

/** Whether two names differ in dots and dashes, case, or .gz alone. */
function sameName(one: string, other: string): boolean {
  const plain = (base: string): string => base.toLowerCase().replace(/\.gz$/, '').replaceAll(/[._-]/g, '-');
  return plain(one) === plain(other);
}

async function readParquetFiles(
  files: readonly KnownFile[],
  place: Place,
  reading: Reading,
): Promise<RawSource> {
  const named = files.map(({ file, known }) => ({
    set: parseArrayName(file.base).set ?? ('only' as const),
    bytes: known.bytes,
  }));
  return withTold(await readParquet(named, reading), place.within);
}

/** Reads the only archive of a folder, or those of its parts: `train.csv.zip` and `test.csv.zip`. */
async function readArchives(
  folder: InputFolder,
  archives: readonly KnownFile[],
  place: Place,
  reading: Reading,
): Promise<RawSource> {
  const below = { ...place, levels: place.levels + 1 };
  if (archives.length === 1) return readArchive(archives[0]!.known, below, reading);
  const parts = new Map(
    archives.map((archive) => [parseArrayName(archive.file.base).set ?? ('only' as const), archive]),
  );
  if (parts.size < archives.length || !parts.has('train')) {
    const names = archives.map(({ file }) => file.base).join(', ');
    throw new MicronnError('DATA_SEVERAL', `several archives, ${names}: name one of them`, {
      file: folder.name,
    });
  }
  parts.delete('only');
  return sourceOf(parts, async ({ known }, isMain) => {
    const options = isMain ? reading.options : { ...reading.options, unlabelled: true };
    return (await readArchive(known, below, { ...reading, options })).train!;
  });
}

/** Reads the data in a ZIP or tar archive: a folder, or the arrays of .npz. */
export async function readArchive(
  { bytes, kind, isGzipped }: KnownBytes,
  { path: above, levels = 0, budget = { folders: MOST_FOLDERS } }: Pick<Place, 'path'> & Partial<Place>,
  reading: Reading,
): Promise<RawSource> {
  const { signal } = reading.load;
  const archive = kind === 'tar' ? await openTar(bytes, signal) : await openZip(await inFile(bytes, signal));
  try {
    const content = await archive.top.list();
    const { files, folders } = content;
    if (folders.length === 0 && files.length > 0 && files.every(({ base }) => /\.npy$/i.test(base))) {
      const at = { name: bytes.name, path: above, told: 'npz' };
      return await readArraySets(await numpyArrays(content), at, reading);
    }
    const within = ` in ${kind}${isGzipped ? '.gz' : ''}`;
    const source = await readBelow(archive.top, { path: above, within, levels, budget }, reading);
    if (source) return source;
    if (reading.chosen !== undefined) throw notFound(bytes.name, reading.chosen);
    throw new MicronnError(
      'DATA_NOT_FOUND',
      'no data in the archive: expected IDX, NumPy, Parquet or CSV files, or a folder of images per class',
      { file: bytes.name },
    );
  } finally {
    archive.close();
  }
}

/** Adds to what is told where the files lie. */
function withTold(source: RawSource, within: string): RawSource {
  if (within === '') return source;
  const add = <Told extends { readonly told: readonly string[] }>(set: Told): Told => ({
    ...set,
    told: [`${set.told[0]}${within}`, ...set.told.slice(1)],
  });
  const { train, test } = source;
  return { ...(train && { train: add(train) }), ...(test && { test: add(test) }) };
}
