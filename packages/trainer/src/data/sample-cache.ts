import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import envPaths from 'env-paths';
import { systemCode } from '../errors.ts';
import { createFolder } from '../files/create-folder.ts';
import { nameBehindTemporary, writeWhole } from '../files/write-whole.ts';
import { checksum } from './fingerprint.ts';
import { readChunks, withFile } from './read-chunks.ts';
import { type Samples, sharedBytes } from './samples.ts';

/**
 * A cache of parsed files, so that the next run need not parse them. The name of an entry is a hash of the file's
 * content, so an entry is never stale. The folder may hold other files, which the cache neither opens nor counts nor
 * removes.
 *
 * An entry: a header of 64 bytes, then the labels, then the images. The header: 8 bytes of magic and version; count,
 * inputs and the CRC-32 of everything else in the entry as little-endian words; 12 zero bytes; the SHA-256 that names
 * the entry. The CRC-32 is that of images, labels and header in this order, so that it costs nothing beyond the checksum
 * of the samples, which a run needs anyway.
 */

/** The version number changes with the layout of the entry or the parsing of the file; it is part of every key. */
const MAGIC = 'MNNrows2';
const CHECKSUM_AT = 16;
const HEADER_BYTES = 64;
const LIMIT_BYTES = 2 ** 30;
const SUFFIX = '.samples';
/** No run takes so long to write an entry: an older temporary file is a killed run's. */
const ABANDONED_MS = 3_600_000;

/** Reports a problem of the cache; the data is loaded all the same. */
export type Warn = (code: string, message: string) => void;

export interface SampleCache {
  /** The entry of a key; undefined if there is none, or if it is damaged. */
  get(key: string): Promise<Samples | undefined>;
  put(key: string, samples: Samples): Promise<void>;
}

/** The folder in MICRONN_CACHE, or the user's cache folder. */
export function cacheFolder(): string {
  const named = process.env['MICRONN_CACHE'];
  return named ? path.resolve(named) : envPaths('micronn', { suffix: '' }).cache;
}

/**
 * The key of a file: the SHA-256 of its bytes and of how they are parsed, as 64 hexadecimal digits.
 *
 * @param reading what the rows depend on besides the bytes
 * @throws the error of opening or reading the file, or the reason of the signal
 */
export function contentKey(file: string, reading: string, signal: AbortSignal): Promise<string> {
  return withFile(file, async (handle) => {
    const hash = createHash('sha256');
    for await (const chunk of readChunks(handle, signal)) hash.update(chunk);
    return hash.update(`\0${MAGIC}\0${reading}`).digest('hex');
  });
}

/**
 * A folder of entries. Several runs may use it at once: an entry gets its name in one step once it is complete on disk,
 * and readers check it.
 *
 * @param limitBytes the limit for all entries together; the least recently used ones are removed
 */
export function createSampleCache(folder: string, warn: Warn, limitBytes: number = LIMIT_BYTES): SampleCache {
  const fileOf = (key: string): string => path.join(folder, key + SUFFIX);
  return {
    async get(key) {
      const file = fileOf(key);
      try {
        await assertOwn(file);
        const samples = await withFile(file, (handle) => readEntry(handle, key));
        if (!samples) {
          warn('CACHE_DAMAGED', `${file}: damaged cache entry; the file is parsed again`);
          return undefined;
        }
        // makeRoom reads the modification time as the time of the last use.
        const now = new Date();
        await utimes(file, now, now).catch(ignoreMissing);
        return samples;
      } catch (error) {
        if (!isMissing(error)) {
          warn('CACHE_UNREADABLE', `${file}: cannot read the cache entry: ${messageOf(error)}`);
        }
        return undefined;
      }
    },
    async put(key, samples) {
      const bytes = HEADER_BYTES + samples.count * (samples.inputs + 1);
      if (bytes > limitBytes) return;
      try {
        await createFolder(folder);
        await assertOwn(fileOf(key)).catch(ignoreMissing);
        await writeWhole(fileOf(key), headerOf(key, samples), samples.labels, samples.images);
        await makeRoom(folder, key + SUFFIX, limitBytes);
      } catch (error) {
        warn('CACHE_UNWRITABLE', `${folder}: cannot write to the cache: ${messageOf(error)}`);
      }
    },
  };
}

/** Undefined if the entry is damaged in any way. */
async function readEntry(handle: FileHandle, key: string): Promise<Samples | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
  const count = header.readUInt32LE(8);
  const inputs = header.readUInt32LE(12);
  // The size is checked before memory is allocated.
  const { size } = await handle.stat();
  if (bytesRead < HEADER_BYTES || size !== HEADER_BYTES + count * (inputs + 1)) return undefined;
  const labels = sharedBytes(count);
  const images = sharedBytes(count * inputs);
  if (!(await fill(handle, labels, HEADER_BYTES))) return undefined;
  if (!(await fill(handle, images, HEADER_BYTES + count))) return undefined;
  const samples = { count, inputs, labels, images };
  return headerOf(key, samples).equals(header) ? samples : undefined;
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

/** The header of an entry. It follows from key and samples, so that a reader can compare it as a whole. */
function headerOf(key: string, samples: Samples): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(samples.count, 8);
  header.writeUInt32LE(samples.inputs, 12);
  header.write(key, 32, 'hex');
  header.writeUInt32LE(crc32(header, checksum(samples)), CHECKSUM_AT);
  return header;
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
