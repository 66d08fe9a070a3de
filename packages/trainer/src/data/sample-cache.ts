import { createHash } from 'node:crypto';
import type { BigIntStats, Stats } from 'node:fs';
import { type FileHandle, lstat, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import envPaths from 'env-paths';
import { systemCode, unreadable } from '../errors.ts';
import { createFolder } from '../files/create-folder.ts';
import { nameBehindTemporary, writeWhole } from '../files/write-whole.ts';
import { crc32OfBytes } from './images.ts';
import { readChunks, withFile } from './read-chunks.ts';
import { sharedBytes } from './samples.ts';
import type { ByteSource, LoadOptions, RawSet, ReadingOptions, Warn } from './source.ts';
import { withFailures } from './table/table-failure.ts';

/**
 * A cache of parsed files, so that the next run need not parse them. The name of an entry is a hash of the file's
 * content, so an entry is never stale. The folder may hold other files, which the cache neither opens nor counts nor
 * removes.
 *
 * An entry: a header of 96 bytes, then the places of the labels, the images, and everything else of the set as JSON. The
 * header: 8 bytes of magic and version; count, bytes per image, the CRC-32 of everything else in the entry, the bytes of
 * the JSON and the bytes per label as little-endian words; 4 zero bytes; the SHA-256 that names the entry; and a SHA-256
 * of the file's identity and state, by which its entry is found without reading the file. The CRC-32 is that of images,
 * labels, JSON and header in this order.
 */

/** The version number changes with the layout of the entry or the parsing of the file; it is part of every key. */
const MAGIC = 'MNNrows3';
const CHECKSUM_AT = 16;
const STATE_AT = 64;
const HEADER_BYTES = 96;
const LIMIT_BYTES = 2 ** 30;
const SUFFIX = '.samples';
/** No run takes so long to write an entry: an older temporary file is a killed run's. */
const ABANDONED_MS = 3_600_000;
/** A file that was changed so lately could be changed again within the resolution of its times. */
const SETTLED_MS = 2000;
/** The state of a file that is not settled, or of what is not a file. */
const NO_STATE = '0'.repeat(64);

export interface SampleCache {
  /** The entry of a key; undefined if there is none, or if it is damaged. */
  get(key: string): Promise<RawSet | undefined>;
  /** The entry of a file in a state, with its key. */
  find(state: string): Promise<RawSet | undefined>;
  /** Whether the entry of a key has no state of a file yet. */
  lacksState(key: string): Promise<boolean>;
  put(key: string, set: RawSet, state?: string): Promise<void>;
}

/** The folder in MICRONN_CACHE, or the user's cache folder. */
export function cacheFolder(): string {
  const named = process.env['MICRONN_CACHE'];
  return named ? path.resolve(named) : envPaths('micronn', { suffix: '' }).cache;
}

/**
 * Takes a set from the cache, if the same bytes were read in the same way before, or else reads it and keeps it.
 *
 * @param read reads the set
 * @throws MicronnError when the source cannot be read
 */
export async function cachedSet(
  source: ByteSource,
  reading: ReadingOptions,
  { cache, signal, warn }: LoadOptions,
  read: () => Promise<RawSet>,
): Promise<RawSet> {
  if (cache === null) return read();
  const entries = createSampleCache(cache, warn);
  const { name, file } = source;
  const before = file === undefined ? undefined : await statOf(file, name);
  const state = before && isSettled(before) ? stateHash(before, reading) : NO_STATE;
  const found = await entries.find(state);
  if (found) return found;
  const key = await withFailures(name, signal, () => contentKey(source, reading, signal));
  const kept = await entries.get(key);
  const set = kept ?? (await read());
  // The key must be the hash of the very bytes that were parsed: a file that changed meanwhile is not cached.
  const isSame = !before || sameFile(before, await statOf(file!, name));
  const isNew = !kept || (state !== NO_STATE && (await entries.lacksState(key)));
  if (isSame && isNew) await entries.put(key, set, state);
  return set;
}

const STATE = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;

function statOf(file: string, name: string): Promise<BigIntStats> {
  return stat(file, { bigint: true }).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
}

/** Whether the file was neither written nor replaced between two calls of stat. */
function sameFile(before: BigIntStats, after: BigIntStats): boolean {
  return STATE.every((key) => before[key] === after[key]);
}

function isSettled({ mtimeMs, ctimeMs }: BigIntStats): boolean {
  return Date.now() - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) > SETTLED_MS;
}

function stateHash(about: BigIntStats, reading: ReadingOptions): string {
  const text = [...STATE.map((key) => about[key]), MAGIC, readingText(reading)].join('\0');
  return createHash('sha256').update(text).digest('hex');
}

/** The options on which the set depends. */
function readingText({ labelColumn, pixelScale, size, unlabelled = false }: ReadingOptions): string {
  return JSON.stringify({ labelColumn, pixelScale, size, unlabelled });
}

/**
 * The key of a source: the SHA-256 of its bytes and of how they are read, as 64 hexadecimal digits.
 *
 * @throws the error of opening or reading it, or the reason of the signal
 */
export async function contentKey(
  { file, open }: Pick<ByteSource, 'file' | 'open'>,
  reading: ReadingOptions,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const update = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      hash.update(chunk);
    }
  };
  if (file === undefined) await update(open());
  else await withFile(file, (handle) => update(readChunks(handle, signal)));
  return hash.update(`\0${MAGIC}\0${readingText(reading)}`).digest('hex');
}

/**
 * A folder of entries. Several runs may use it at once: an entry gets its name in one step once it is complete on disk,
 * and readers check it.
 *
 * @param limitBytes the limit for all entries together; the least recently used ones are removed
 */
export function createSampleCache(folder: string, warn: Warn, limitBytes: number = LIMIT_BYTES): SampleCache {
  const fileOf = (key: string): string => path.join(folder, key + SUFFIX);
  const getWith = async (key: string, tell: Warn): Promise<RawSet | undefined> => {
    const file = fileOf(key);
    try {
      await assertOwn(file);
      const set = await withFile(file, (handle) => readEntry(handle, key));
      if (!set) {
        tell('CACHE_DAMAGED', `${file}: damaged cache entry; the file is parsed again`);
        return undefined;
      }
      // makeRoom reads the modification time as the time of the last use.
      const now = new Date();
      await utimes(file, now, now).catch(ignoreMissing);
      return set;
    } catch (error) {
      if (!isMissing(error)) {
        tell('CACHE_UNREADABLE', `${file}: cannot read the cache entry: ${messageOf(error)}`);
      }
      return undefined;
    }
  };
  return {
    get: (key) => getWith(key, warn),
    async find(state) {
      if (state === NO_STATE) return undefined;
      const names = await readdir(folder).catch(ignoreMissing);
      for (const { name, file } of await ownFiles(folder, names ?? [], isEntry)) {
        // What is wrong with the entry is told when its key is looked up.
        if ((await stateIn(file)) === state) return getWith(name.slice(0, -SUFFIX.length), () => undefined);
      }
      return undefined;
    },
    lacksState: async (key) => (await stateIn(fileOf(key))) === NO_STATE,
    async put(key, set, state = NO_STATE) {
      if (!(set.images instanceof Uint8Array)) return;
      const parts = partsOf(key, set, set.images, state);
      if (parts.reduce((sum, { length }) => sum + length, 0) > limitBytes) return;
      try {
        await createFolder(folder);
        await assertOwn(fileOf(key)).catch(ignoreMissing);
        await writeWhole(fileOf(key), ...parts);
        await makeRoom(folder, key + SUFFIX, limitBytes);
      } catch (error) {
        warn('CACHE_UNWRITABLE', `${folder}: cannot write to the cache: ${messageOf(error)}`);
      }
    },
  };
}

/** The state that an entry has in its header; undefined if it cannot be read, which `get` reports. */
async function stateIn(file: string): Promise<string | undefined> {
  try {
    return await withFile(file, async (handle) => (await headerIn(handle)).toString('hex', STATE_AT));
  } catch {
    return undefined;
  }
}

async function headerIn(handle: FileHandle): Promise<Buffer> {
  const header = Buffer.alloc(HEADER_BYTES);
  await handle.read(header, 0, HEADER_BYTES, 0);
  return header;
}

/** Undefined if the entry is damaged in any way. */
async function readEntry(handle: FileHandle, key: string): Promise<RawSet | undefined> {
  const header = await headerIn(handle);
  const [count, inputs, , restBytes, labelBytes] = [8, 12, 16, 20, 24].map((at) =>
    header.readUInt32LE(at),
  ) as [number, number, number, number, number];
  // The size is checked before memory is allocated.
  const { size } = await handle.stat();
  if (labelBytes > 2 || size !== HEADER_BYTES + count * (inputs + labelBytes) + restBytes) return undefined;
  const labels = sharedBytes(count * labelBytes);
  const images = sharedBytes(count * inputs);
  const rest = Buffer.alloc(restBytes);
  let at = HEADER_BYTES;
  for (const part of [labels, images, rest]) {
    if (!(await fill(handle, part, at))) return undefined;
    at += part.length;
  }
  const expected = Buffer.from(header);
  expected.writeUInt32LE(0, CHECKSUM_AT);
  const isWhole =
    expected.toString('latin1', 0, MAGIC.length) === MAGIC &&
    expected.toString('hex', 32, STATE_AT) === key &&
    header.readUInt32LE(CHECKSUM_AT) === checksumOf(expected, labels, images, rest);
  if (!isWhole) return undefined;
  const { values, ...about } = JSON.parse(rest.toString()) as StoredSet;
  const places = labelBytes === 2 ? new Uint16Array(labels.buffer) : labels;
  return { ...about, count, images, ...(values && { labels: { places, values } }) };
}

/** The rest of a set, as JSON. */
interface StoredSet extends Omit<RawSet, 'count' | 'images' | 'labels'> {
  readonly values?: readonly string[];
}

/** What an entry consists of. */
function partsOf(key: string, set: RawSet, images: Uint8Array, state: string): Uint8Array[] {
  const { count, images: _, labels, ...about } = set;
  const stored: StoredSet = { ...about, ...(labels && { values: labels.values }) };
  const rest = Buffer.from(JSON.stringify(stored));
  const { buffer, byteOffset, byteLength } = labels?.places ?? new Uint8Array(0);
  const places = new Uint8Array(buffer, byteOffset, byteLength);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  const words = [count, images.length / count, 0, rest.length, byteLength / count];
  for (const [k, word] of words.entries()) header.writeUInt32LE(word, 8 + 4 * k);
  header.write(key, 32, 'hex');
  header.write(state, STATE_AT, 'hex');
  header.writeUInt32LE(checksumOf(header, places, images, rest), CHECKSUM_AT);
  return [header, places, images, rest];
}

function checksumOf(header: Uint8Array, labels: Uint8Array, images: Uint8Array, rest: Uint8Array): number {
  return [labels, rest, header].reduce((sum, part) => crc32(part, sum), crc32OfBytes(images));
}

/** Fills the buffer from the file; false if the file is too short. */
async function fill(handle: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** Whether a name is that of an entry: a key with the suffix. */
function isEntry(name: string): boolean {
  return /^[0-9a-f]{64}\.samples$/.test(name);
}

/** Whether a name is that of an entry while it is written. No other file is the cache's. */
function isTemporaryEntry(name: string): boolean {
  return isEntry(nameBehindTemporary(name) ?? '');
}

/** Removes the least recently used entries until the rest fits, and temporary files of killed runs. */
async function makeRoom(folder: string, justWritten: string, limitBytes: number): Promise<void> {
  const names = await readdir(folder);
  for (const { file, usedAt } of await ownFiles(folder, names, isTemporaryEntry)) {
    if (Date.now() - usedAt > ABANDONED_MS) await rm(file, { force: true });
  }
  const entries = await ownFiles(folder, names, isEntry);
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  for (const { name, file, size } of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= limitBytes) return;
    if (name === justWritten) continue;
    await rm(file, { force: true });
    total -= size;
  }
}

interface OwnFile {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly usedAt: number;
}

/** The files of the cache among these names. */
async function ownFiles(
  folder: string,
  names: readonly string[],
  isNamed: (name: string) => boolean,
): Promise<OwnFile[]> {
  const found = await Promise.all(
    names.filter(isNamed).map(async (name) => {
      const file = path.join(folder, name);
      // Another run may have removed the file in the meantime.
      const about = await lstat(file).catch(ignoreMissing);
      return about && isOwn(about) ? [{ name, file, size: about.size, usedAt: about.mtimeMs }] : [];
    }),
  );
  return found.flat();
}

/** Whether a file can be the cache's: a regular file of this user, not a link to one. Windows knows no user ids. */
function isOwn(about: Stats): boolean {
  return about.isFile() && about.uid === (process.geteuid?.() ?? about.uid);
}

/** @throws an error that says what is in the place of an entry, or that nothing is */
async function assertOwn(file: string): Promise<void> {
  if (!isOwn(await lstat(file))) throw new Error('expected a regular file of this user');
}

/** ENOTDIR means that the cache folder is a file; `put` reports that. */
function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
