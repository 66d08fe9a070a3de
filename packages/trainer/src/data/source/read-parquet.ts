import { MOST_CLASSES, type SetName } from '@micronn/core/data';
import type { AsyncBuffer, FileMetaData, SchemaTree } from 'hyparquet';
import { MicronnError, systemCode, unreadable } from '../../errors.ts';
import type { RawSet, RawSource } from '../source.ts';
import type { InputBytes } from './input-bytes.ts';
import { type EncodedPicture, readPictures } from './picture-set.ts';
import { type Reading, sourceOf, withoutLabels } from './reading-context.ts';
import { inFile } from './temporary-file.ts';

/** A Parquet file: one of the shards of a set. */
export interface ParquetFile {
  readonly set: SetName;
  readonly bytes: InputBytes;
}

/**
 * Reads images and labels from Parquet, as the Hugging Face hub keeps them: a column of `{ bytes, path }` or of bytes,
 * each an encoded image, and a column of labels. Shards of one set follow one another.
 *
 * @throws MicronnError (PARQUET_FORMAT) when a file is damaged or has no such columns
 */
export async function readParquet(files: readonly ParquetFile[], reading: Reading): Promise<RawSource> {
  const shards = new Map<SetName, InputBytes[]>();
  for (const { set, bytes } of files) shards.set(set, [...(shards.get(set) ?? []), bytes]);
  return sourceOf(shards, (part) => readShards(part, reading));
}

/** An open shard. */
interface Shard {
  readonly name: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rows: number;
}

/** The columns that hold images and labels. */
interface Columns {
  readonly image: string;
  readonly label: string | undefined;
}

async function readShards(files: readonly InputBytes[], reading: Reading): Promise<RawSet> {
  const shards: Shard[] = [];
  for (const bytes of files) shards.push(await openShard(bytes, reading));
  const [first] = shards;
  const columns = await findColumns(first!, reading);
  const count = shards.reduce((sum, { rows }) => sum + rows, 0);
  if (count === 0) throw damaged(first!.name, 'no rows');
  const set = await readPictures(first!.name, count, picturesIn(shards, columns), reading);
  const names = classNames(first!.metadata, columns.label);
  const { image, label } = columns;
  const told = ['Parquet', label === undefined ? image : `${image}, ${label}`];
  if (shards.length > 1) told.push(`${shards.length} files`);
  return { ...set, ...(names && { names }), told };
}

function damaged(name: string, what: string, cause?: unknown): MicronnError {
  return new MicronnError('PARQUET_FORMAT', what, { file: name }, { cause });
}

/** The error for a failure of hyparquet. */
function failure(name: string, cause: unknown): unknown {
  if (cause instanceof MicronnError) return cause;
  if (systemCode(cause) !== undefined && cause instanceof Error && 'syscall' in cause)
    return unreadable(name, cause);
  const what = cause instanceof Error ? cause.message : String(cause);
  return damaged(name, `truncated or damaged Parquet file: ${what}`, cause);
}

async function openShard(bytes: InputBytes, { load }: Reading): Promise<Shard> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const { file: path, name } = await inFile(bytes, load.signal);
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file, { geoparquet: false });
    return { name, file, metadata, rows: Number(metadata.num_rows) };
  } catch (cause) {
    throw failure(name, cause);
  }
}

async function findColumns({ name, metadata }: Shard, { options }: Reading): Promise<Columns> {
  const { parquetSchema } = await import('hyparquet');
  const columns = parquetSchema(metadata).children;
  const names = columns.map(({ element }) => element.name);
  const listed =
    names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
  const images = columns.filter(holdsImages);
  const [image] = images;
  if (!image || images.length > 1) {
    const what = image
      ? 'several columns of images'
      : 'no column of encoded images, as {bytes, path} or bytes,';
    throw damaged(name, `${what} among ${listed}`);
  }
  const others = columns.filter((column) => column !== image && holdsLabels(column));
  const wanted = options.labelColumn;
  const label =
    wanted === undefined
      ? (others.find(({ element }) => /^(label|labels|class|target|y|digit)$/i.test(element.name)) ??
        (others.length === 1 ? others[0] : undefined))
      : others.find(({ element }) => element.name === wanted);
  if (!label && wanted !== 'none' && options.unlabelled !== true) {
    throw withoutLabels(name, `choose the column of labels with --label-column, of ${listed}`);
  }
  return { image: image.element.name, label: label?.element.name };
}

function isBytes({ element, children }: SchemaTree): boolean {
  const isWords = element.logical_type?.type === 'STRING' || element.converted_type === 'UTF8';
  return children.length === 0 && element.type === 'BYTE_ARRAY' && !isWords;
}

function holdsImages(column: SchemaTree): boolean {
  if (isBytes(column)) return true;
  return column.children.some((child) => child.element.name === 'bytes' && isBytes(child));
}

function holdsLabels({ element, children }: SchemaTree): boolean {
  return children.length === 0 && element.repetition_type !== 'REPEATED' && element.type !== undefined;
}

/** Rows that are decoded at a time. */
const ROWS_AT_A_TIME = 4096;

async function* picturesIn(shards: readonly Shard[], columns: Columns): AsyncGenerator<EncodedPicture> {
  for (const shard of shards) {
    let row = 0;
    for (let from = 0; from < shard.rows; from += ROWS_AT_A_TIME) {
      for (const found of await rowsOf(shard, columns, from)) {
        row++;
        const value = found[columns.image] as { bytes?: unknown } | Uint8Array | null;
        const bytes = value instanceof Uint8Array ? value : value?.bytes;
        const name = `${shard.name}, row ${row}`;
        if (!(bytes instanceof Uint8Array)) throw damaged(name, 'no bytes of an image');
        const label = columns.label === undefined ? undefined : labelOf(found[columns.label], name);
        yield { name, bytes: Buffer.from(bytes), ...(label !== undefined && { label }) };
      }
    }
    if (row !== shard.rows) throw damaged(shard.name, `expected ${shard.rows} rows, got ${row}`);
  }
}

function labelOf(value: unknown, name: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return String(value);
  throw new MicronnError('DATA_LABELS', `expected a label, got ${String(value)}`, { file: name });
}

async function rowsOf(
  { name, file, metadata, rows }: Shard,
  { image, label }: Columns,
  rowStart: number,
): Promise<Record<string, unknown>[]> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  try {
    return await parquetReadObjects({
      file,
      metadata,
      compressors,
      utf8: false,
      geoparquet: false,
      columns: label === undefined ? [image] : [image, label],
      rowStart,
      rowEnd: Math.min(rowStart + ROWS_AT_A_TIME, rows),
    });
  } catch (cause) {
    throw failure(name, cause);
  }
}

/** The names in the hub's description of a column of class labels, by label. */
function classNames(
  { key_value_metadata: pairs = [] }: FileMetaData,
  label: string | undefined,
): RawSet['names'] {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined || label === undefined) return undefined;
  try {
    const described = JSON.parse(text) as {
      info?: { features?: Record<string, { names?: unknown } | undefined> };
    };
    const names = described.info?.features?.[label]?.names;
    if (!Array.isArray(names) || names.length > MOST_CLASSES) return undefined;
    return Object.fromEntries(names.map((name, k) => [String(k), String(name)]));
  } catch (cause) {
    // The description is an addition to the data: without a readable one, labels stand for themselves.
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
