import path from 'node:path';
import { type FileKind, parseArrayName } from '@micronn/core/data';
import { parse } from 'csv-parse/sync';
import { MicronnError } from '../../errors.ts';
import type { RawSource } from '../source.ts';
import { openArray } from './array-file.ts';
import { assertIdxName, isIdxName } from './idx-name.ts';
import { type InputBytes, type KnownBytes, readAll, recognise } from './input-bytes.ts';
import type { FolderContent, InputFile, InputFolder } from './input-folder.ts';
import { type NamedArray, readArraySets } from './read-arrays.ts';
import { readParquet } from './read-parquet.ts';
import {
  flatPictures,
  isPictureName,
  listedPictures,
  pictureSets,
  readPictureFiles,
} from './read-picture-folder.ts';
import { readTable } from './read-table-adapter.ts';
import { assertGoesOn, type Reading, type SetName, sourceOf } from './reading-context.ts';
import { inFile } from './temporary-file.ts';
import { openZip } from './zip-folder.ts';

/** How deep data may lie below the folder that was typed. */
const MOST_LEVELS = 5;
/** More files of other kinds than any data set has beside its images. */
const MOST_FILES = 1000;
const MOST_LIST_BYTES = 2 ** 28;

/** A file of a folder, recognised. */
interface KnownFile {
  readonly file: InputFile;
  readonly known: KnownBytes;
}

/** Where a folder lies, and what it is told as. */
interface Place {
  /** The names of the folders above and its own, with slashes. */
  readonly path: string;
  /** ` in zip` in an archive. */
  readonly within: string;
  readonly levels: number;
}

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
  const source = await readBelow(folder, { path: above, within, levels: 0 }, reading);
  if (source) return source;
  throw new MicronnError(
    'DATA_NOT_FOUND',
    'no data in it: expected IDX, NumPy, Parquet or CSV files, or a folder of images per class',
    { file: folder.name },
  );
}

async function readBelow(
  folder: InputFolder,
  place: Place,
  reading: Reading,
): Promise<RawSource | undefined> {
  assertGoesOn(reading, folder.name);
  const content = await folder.list();
  const own = await readOwn(folder, content, place, reading);
  if (own || place.levels === MOST_LEVELS) return own;
  const found: { folder: InputFolder; source: () => Promise<RawSource | undefined> }[] = [];
  for (const inner of content.folders) {
    const below = { ...place, path: path.posix.join(place.path, inner.base), levels: place.levels + 1 };
    if (await holdsData(inner, below.levels)) {
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
async function holdsData(folder: InputFolder, levels: number): Promise<boolean> {
  const { files, folders } = await folder.list();
  if (files.some(({ base }) => isPictureName(base) || isDataName(base))) return true;
  if (levels >= MOST_LEVELS) return false;
  for (const inner of folders) if (await holdsData(inner, levels + 1)) return true;
  return false;
}

function isDataName(base: string): boolean {
  return isIdxName(base) || isTableName(base) || /\.(npy|npz|parquet|zip)(\.gz)?$/i.test(base);
}

/** Whether the name of a file is that of a table of text. */
export function isTableName(base: string): boolean {
  return /\.(csv|tsv|arff|libsvm|svm|data)(\.gz)?$/i.test(base);
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
  const archives = of('zip');
  const packed = archives.filter(({ file }) => /\.npz$/i.test(file.base));
  if (of('npy').length > 0 || packed.length > 0) {
    return readNumpyFolder(of('npy'), packed, { ...array, told: `npy${place.within}` }, reading);
  }
  const parquet = of('parquet');
  if (parquet.length > 0) return readParquetFiles(parquet, place, reading);

  const tables = of('text').filter(({ file }) => isTableName(file.base));
  const listed = await readListed(content, tables, reading);
  if (listed) return withTold(listed, place.within);
  if (pictures.length === 0 && tables.length > 0) return readTables(folder, tables, place, reading);

  const sets = await pictureSets(folder, content, reading);
  if (sets) return withTold(await sourceOf(sets, (part) => readPictureFiles(part, reading)), place.within);
  if (pictures.length > 0) {
    const flat = flatPictures(folder.name, pictures, reading);
    return withTold({ train: await readPictureFiles(flat, reading) }, place.within);
  }
  if (archives.length > 0) return readOnlyArchive(folder, archives, place, reading);
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

async function recogniseAll(files: readonly InputFile[]): Promise<KnownFile[]> {
  const known: KnownFile[] = [];
  for (const file of files) {
    // A list, a licence or a program beside the data may be anything, even a pipe.
    if (!isDataName(file.base) && !mayBeData(file.base)) continue;
    known.push({ file, known: await recognise(await file.bytes()) });
  }
  return known;
}

/** Whether a file without a known name may be an array or a table, by its name. */
function mayBeData(base: string): boolean {
  const { set, role } = parseArrayName(base);
  return (
    (set !== undefined || role !== undefined) && !/\.(md|py|ipynb|json|html?|pdf|txt|pt|pkl)$/i.test(base)
  );
}

async function arraysOf(files: readonly KnownFile[]): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  // A file and its gzipped copy are the same: the first, without .gz, is read.
  const names = new Set<string>();
  for (const { file, known } of files) {
    const name = file.base.toLowerCase().replace(/\.gz$/, '');
    if (names.has(name)) continue;
    names.add(name);
    arrays.push({ name: file.base, array: await openArray(known), isGzipped: known.isGzipped });
  }
  return arrays;
}

/** Reads .npy files, and .npz files of one or several arrays. */
async function readNumpyFolder(
  files: readonly KnownFile[],
  packed: readonly KnownFile[],
  place: { readonly name: string; readonly path: string; readonly told: string },
  reading: Reading,
): Promise<RawSource> {
  const arrays = await arraysOf(files);
  const opened = [];
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
async function numpyArrays({ files }: FolderContent): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  for (const file of files) {
    const known = await recognise(await file.bytes());
    if (known.kind !== 'npy') continue;
    arrays.push({ name: file.base.replace(/\.npy$/i, ''), array: await openArray(known), isGzipped: false });
  }
  return arrays;
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

/** Reads the images that a table of their names and labels lists, if there is such a table. */
async function readListed(
  content: FolderContent,
  tables: readonly KnownFile[],
  reading: Reading,
): Promise<RawSource | undefined> {
  const parts = new Map<SetName, { table: string; rows: string[][] }>();
  for (const { file, known } of tables) {
    // An image's name in the first two lines tells such a table; those of pixels have none.
    const lines = known.start.toString('utf8').split(/\r\n|\n|\r/, 2);
    if (!lines.some((line) => /\.(png|jpe?g)\b/i.test(line))) continue;
    const text = await readAll(known.bytes, MOST_LIST_BYTES);
    const delimiter = lines[0]!.includes('\t') ? '\t' : lines[0]!.includes(';') ? ';' : ',';
    const rows: string[][] = parse(text, { delimiter, bom: true, relax_column_count: true, trim: true });
    const { set = 'only' } = parseArrayName(file.base);
    parts.set(set, { table: known.bytes.name, rows });
  }
  if (parts.size === 0) return undefined;
  const pictures = new Map<string, InputFile>();
  await collectPictures(content, '', pictures, 0);
  return sourceOf(parts, ({ table, rows }) =>
    readPictureFiles(listedPictures(table, rows, pictures, reading), reading),
  );
}

async function collectPictures(
  { files, folders }: FolderContent,
  above: string,
  into: Map<string, InputFile>,
  levels: number,
): Promise<void> {
  for (const file of files) if (isPictureName(file.base)) into.set(above + file.base, file);
  if (levels === MOST_LEVELS) return;
  for (const inner of folders) {
    await collectPictures(await inner.list(), `${above}${inner.base}/`, into, levels + 1);
  }
}

/** Reads `train.csv` and `test.csv`, in whatever longer names, or the only table. */
async function readTables(
  folder: InputFolder,
  tables: readonly KnownFile[],
  place: Place,
  reading: Reading,
): Promise<RawSource> {
  const { chosen } = reading;
  const named = tables
    .map((table) => ({ table, ...parseArrayName(table.file.base.replace(/\.\w+(\.gz)?$/i, '')) }))
    .filter(({ rest }) => chosen === undefined || rest === parseArrayName(chosen).rest);
  const trains = named.filter(({ set }) => set === 'train');
  const others = named.filter(({ set }) => set === undefined);
  const [train, second] = trains.length > 0 ? trains : others.length > 0 ? others : named;
  if (!train) {
    throw new MicronnError('DATA_NOT_FOUND', `no data set ${chosen} in it`, { file: folder.name });
  }
  if (second) {
    throw new MicronnError(
      'DATA_SEVERAL',
      `several tables, ${train.table.file.base} and ${second.table.file.base}: name one of them`,
      { file: folder.name },
    );
  }
  const parts = new Map<SetName, KnownFile>([['train', train.table]]);
  for (const { table, set, rest } of named) {
    if (set !== undefined && set !== 'train' && rest === train.rest && table !== train.table)
      parts.set(set, table);
  }
  const source = await sourceOf(parts, ({ known }, isMain) =>
    readTable(known.bytes, isMain ? reading.options : { ...reading.options, unlabelled: true }, reading.load),
  );
  return withTold(source, place.within);
}

async function readOnlyArchive(
  folder: InputFolder,
  archives: readonly KnownFile[],
  place: Place,
  reading: Reading,
): Promise<RawSource | undefined> {
  const [first, second] = archives;
  if (second) {
    const names = archives.map(({ file }) => file.base).join(', ');
    throw new MicronnError('DATA_SEVERAL', `several archives, ${names}: name one of them`, {
      file: folder.name,
    });
  }
  return readArchive(first!.known.bytes, { ...place, levels: place.levels + 1 }, reading);
}

/** Reads the data in a ZIP archive: a folder, or the arrays of .npz. */
export async function readArchive(
  bytes: InputBytes,
  place: { readonly path: string; readonly levels?: number },
  reading: Reading,
): Promise<RawSource> {
  const zip = await openZip(await inFile(bytes, reading.load.signal));
  try {
    const content = await zip.top.list();
    const { files, folders } = content;
    if (folders.length === 0 && files.length > 0 && files.every(({ base }) => /\.npy$/i.test(base))) {
      const at = { name: bytes.name, path: place.path, told: 'npz' };
      return await readArraySets(await numpyArrays(content), at, reading);
    }
    const levels = place.levels ?? 0;
    const source = await readBelow(zip.top, { path: place.path, within: ' in zip', levels }, reading);
    if (source) return source;
    throw new MicronnError(
      'DATA_NOT_FOUND',
      'no data in the archive: expected IDX, NumPy, Parquet or CSV files, or a folder of images per class',
      { file: bytes.name },
    );
  } finally {
    zip.close();
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
