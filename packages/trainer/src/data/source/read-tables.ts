import path from 'node:path';
import { knownSet, parseArrayName, type SetName } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import type { RawSource } from '../source.ts';
import { readTable } from '../table/read-table.ts';
import { readAll } from './input-bytes.ts';
import type { FolderContent, InputFile } from './input-folder.ts';
import { withKnown } from './known-data.ts';
import type { KnownFile } from './known-file.ts';
import { isPictureName, listedPictures, readPictureFiles } from './read-picture-folder.ts';
import { notFound, type Reading, sourceOf } from './reading-context.ts';

/** A larger list of images has more of them than fit into memory. */
const MOST_LIST_BYTES = 2 ** 28;

/** Reads `train.csv` and `test.csv`, in whatever longer names, or the only table. */
export async function readTables(
  folder: string,
  tables: readonly KnownFile[],
  above: string,
  reading: Reading,
): Promise<RawSource> {
  const { chosen } = reading;
  const all = tables.map((table) => ({
    table,
    ...parseArrayName(table.file.base.replace(/\.\w+(\.gz)?$/i, '')),
  }));
  const wanted = chosen === undefined ? undefined : parseArrayName(chosen).rest;
  const named = all.filter(({ rest }) => wanted === undefined || (rest !== '' && rest === wanted));
  const trains = named.filter(({ set }) => set === 'train');
  const others = named.filter(({ set }) => set === undefined);
  const [train, second] = trains.length > 0 ? trains : others.length > 0 ? others : named;
  if (!train)
    throw notFound(
      folder,
      chosen ?? '',
      tables.map(({ file }) => file.base),
    );
  if (second) {
    throw new MicronnError(
      'DATA_SEVERAL',
      `several tables, ${train.table.file.base} and ${second.table.file.base}: name one of them`,
      { file: folder },
    );
  }
  const parts = new Map<SetName, KnownFile>([['train', train.table]]);
  for (const { table, set, rest } of named) {
    if (set !== undefined && set !== 'train' && rest === train.rest && table !== train.table)
      parts.set(set, table);
  }
  const publicSet = knownSet(path.posix.join(above, train.table.file.base));
  return sourceOf(parts, async ({ known }, isMain) => {
    const options = isMain ? reading.options : { ...reading.options, unlabelled: true };
    return withKnown(await readTable(known.bytes, options, reading.load), publicSet, true);
  });
}

/**
 * Reads the images that a table of their names and labels lists, if there is such a table.
 *
 * @param levels how deep below the table images may lie
 */
export async function readListed(
  content: FolderContent,
  tables: readonly KnownFile[],
  reading: Reading,
  levels: number,
): Promise<RawSource | undefined> {
  const parts = new Map<SetName, { table: string; rows: string[][] }>();
  for (const { file, known } of tables) {
    // An image's name in the first two lines tells such a table; those of pixels have none.
    const lines = known.start.toString('utf8').split(/\r\n|\n|\r/, 2);
    if (!lines.some((line) => /\.(png|jpe?g)\b/i.test(line))) continue;
    const text = await readAll(known.bytes, MOST_LIST_BYTES);
    const delimiter = lines[0]!.includes('\t') ? '\t' : lines[0]!.includes(';') ? ';' : ',';
    const { parse } = await import('csv-parse/sync');
    const rows: string[][] = parse(text, { delimiter, bom: true, relax_column_count: true, trim: true });
    const { set = 'only' } = parseArrayName(file.base);
    parts.set(set, { table: known.bytes.name, rows });
  }
  if (parts.size === 0) return undefined;
  const pictures = new Map<string, InputFile>();
  await collectPictures(content, '', pictures, levels);
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
  if (levels === 0) return;
  for (const inner of folders) {
    await collectPictures(await inner.list(), `${above}${inner.base}/`, into, levels - 1);
  }
}
