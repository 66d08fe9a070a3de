import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { MOST_INPUTS } from '@micronn/core/kernels';
import { MicronnError, systemCode, unreadable } from '../errors.ts';
import { assertRegular } from '../files/read-input.ts';
import { type FileBytes, versionOf, withBytes } from './file-bytes.ts';
import { isGzip, openStream, streamFailure } from './gzip.ts';
import { CLASSES, type SampleSet, sharedBytes } from './samples.ts';

/**
 * The IDX format of MNIST: big-endian words for the magic number, the count and, for images, rows and columns; then one
 * byte per value.
 *
 * Source: https://yann.lecun.com/exdb/mnist/, "File formats for the MNIST database".
 */

const IMAGES_MAGIC = 0x00000803;
const LABELS_MAGIC = 0x00000801;

/** The names of the four files; two spellings are common. */
const fileNames = {
  train: { images: 'train-images', labels: 'train-labels' },
  test: { images: 't10k-images', labels: 't10k-labels' },
} as const;

export type IdxSet = keyof typeof fileNames;

/** Finds a file of a folder in any of its spellings, gzipped or not. */
async function findFile(folder: string, stem: string, kind: string): Promise<string> {
  const spellings = [`${stem}-${kind}`, `${stem}.${kind}`].flatMap((name) => [name, `${name}.gz`]);
  let other: { file: string; found: Stats } | undefined;
  for (const name of spellings) {
    const file = path.join(folder, name);
    const found = await stat(file).catch((cause: unknown) => {
      if (systemCode(cause) !== 'ENOENT') throw unreadable(file, cause);
      return undefined;
    });
    if (found?.isFile()) return file;
    // Some archives of MNIST hold a folder of that name next to the file in its other spelling.
    if (found) other ??= { file, found };
  }
  if (other) assertRegular(other.file, other.found);
  throw new MicronnError(
    'DATA_NOT_FOUND',
    `the folder holds neither ${spellings[0]} nor ${spellings[0]}.gz`,
    { file: folder },
  );
}

/**
 * Reads the labels of the training or the test set of a folder. The images are unpacked into memory, or stay in their file
 * if it is not compressed.
 *
 * @throws MicronnError when a file is missing, damaged, or images and labels do not match
 */
export async function readIdxSet(folder: string, set: IdxSet): Promise<SampleSet> {
  const imagesFile = await findFile(folder, fileNames[set].images, 'idx3-ubyte');
  const labelsFile = await findFile(folder, fileNames[set].labels, 'idx1-ubyte');
  const images = await readIdx(imagesFile, IMAGES_MAGIC, 3);
  const labels = inMemory(await readIdx(labelsFile, LABELS_MAGIC, 1));
  const count = images.sizes[0]!;
  if (labels.length !== count) {
    throw new MicronnError(
      'IDX_MISMATCH',
      `expected ${count} labels for the ${count} images of ${path.basename(imagesFile)}, got ${labels.length}`,
      { file: labelsFile },
    );
  }
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new MicronnError(
      'IDX_LABEL',
      `label ${wrong + 1} is ${labels[wrong]}: expected a whole number from 0 to ${CLASSES - 1}`,
      { file: labelsFile },
    );
  }
  return { count, inputs: images.sizes[1]! * images.sizes[2]!, images: images.values, labels };
}

interface Idx {
  readonly sizes: readonly number[];
  readonly values: Uint8Array | FileBytes;
}

/** The values of a file of one dimension. */
function inMemory({ sizes, values }: Idx): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const bytes = sharedBytes(sizes[0]!);
  withBytes(values, (read) => read(bytes, 0));
  return bytes;
}

async function readIdx(file: string, magic: number, dimensions: number): Promise<Idx> {
  try {
    return isGzip(file) ? await readPacked(file, magic, dimensions) : locatePlain(file, magic, dimensions);
  } catch (error) {
    throw streamFailure(file, error);
  }
}

/** Reads and checks the header, and leaves the values in the file. */
function locatePlain(file: string, magic: number, dimensions: number): Idx {
  const fd = openSync(file, 'r');
  try {
    const header = new Uint8Array(4 + 4 * dimensions);
    const bytesRead = readSync(fd, header, 0, header.length, 0);
    const { sizes, length } = parseHeader(file, header.subarray(0, bytesRead), magic, dimensions);
    const { size } = fstatSync(fd);
    if (size - header.length !== length) throw wrongLength(file, length, size - header.length);
    return { sizes, values: { file, at: header.length, version: versionOf(fd) } };
  } finally {
    closeSync(fd);
  }
}

/** Unpacks chunk by chunk, and never more than the header announces. */
async function readPacked(file: string, magic: number, dimensions: number): Promise<Idx> {
  const header = new Uint8Array(4 + 4 * dimensions);
  let at = 0;
  let parsed: { sizes: readonly number[]; length: number } | undefined;
  let values = sharedBytes(0);
  for await (const chunk of openStream(file) as AsyncIterable<Uint8Array>) {
    let rest = chunk;
    if (!parsed) {
      const part = rest.subarray(0, header.length - at);
      header.set(part, at);
      at += part.length;
      if (at < header.length) continue;
      parsed = parseHeader(file, header, magic, dimensions);
      const { size } = await stat(file);
      if (parsed.length > size * MOST_UNPACKED) {
        throw wrongLength(file, parsed.length, `a file of ${size} bytes, which cannot hold them`);
      }
      values = sharedBytes(parsed.length);
      at = 0;
      rest = rest.subarray(part.length);
    }
    if (at + rest.length > parsed.length)
      throw wrongLength(file, parsed.length, `more than ${parsed.length}`);
    values.set(rest, at);
    at += rest.length;
  }
  parsed ??= parseHeader(file, header.subarray(0, at), magic, dimensions);
  if (at !== parsed.length) throw wrongLength(file, parsed.length, at);
  return { sizes: parsed.sizes, values };
}

function parseHeader(
  file: string,
  header: Uint8Array,
  magic: number,
  dimensions: number,
): { sizes: readonly number[]; length: number } {
  const needed = 4 + 4 * dimensions;
  if (header.length < needed) {
    throw new MicronnError('IDX_LENGTH', `truncated header: expected ${needed} bytes, got ${header.length}`, {
      file,
    });
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    throw new MicronnError(
      'IDX_MAGIC',
      `wrong magic number: expected ${magic} for ${dimensions === 3 ? 'images' : 'labels'}, got ${found}`,
      { file },
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  if (sizes.some((size) => size === 0)) {
    throw new MicronnError('IDX_COUNT', `invalid dimensions ${sizes.join(' × ')}: each must be at least 1`, {
      file,
    });
  }
  const length = sizes.reduce((product, size) => product * size, 1);
  if (length > MAX_BYTES) {
    throw new MicronnError(
      'IDX_COUNT',
      `invalid dimensions ${sizes.join(' × ')}: more than ${MAX_BYTES} values`,
      {
        file,
      },
    );
  }
  const pixels = length / sizes[0]!;
  if (pixels > MOST_INPUTS) {
    const image = sizes.slice(1).join(' × ');
    throw new MicronnError('IDX_COUNT', `expected images of at most ${MOST_INPUTS} pixels, got ${image}`, {
      file,
    });
  }
  return { sizes, length };
}

/** More bytes than any set of small images has; a header with more is wrong. */
const MAX_BYTES = 2 ** 31 - 1;

/** The maximum expansion of deflate: 258 bytes take at least two bits. */
const MOST_UNPACKED = 1032;

function wrongLength(file: string, expected: number, got: number | string): MicronnError {
  return new MicronnError('IDX_LENGTH', `expected ${expected} bytes after the header, got ${got}`, { file });
}
