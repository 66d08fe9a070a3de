import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fixturePath } from '@micronn/fixtures/node';
import { expect } from 'vitest';
import { withBytes } from '../src/data/file-bytes.ts';
import { readSource } from '../src/data/source/read-source.ts';
import type { RawSet, RawSource, ReadingOptions } from '../src/data/source.ts';
import { loadOptions } from './load-options.ts';

/** Files that NumPy, PIL, pyarrow, DuckDB and Python's modules have written, see fixtures/generator/source_files.py. */
const sources = fixturePath('sources');
export const at = (...parts: string[]): string => path.join(sources, ...parts);

export const read = (typed: string, reading: ReadingOptions = {}): Promise<RawSource> =>
  readSource(typed, reading, loadOptions());

/** The images and labels as they lie in the IDX files. */
async function expected(set: 'train' | 't10k'): Promise<{ images: Buffer; labels: string[] }> {
  const images = await readFile(at('idx', `${set}-images-idx3-ubyte`));
  const labels = await readFile(at('idx', `${set}-labels-idx1-ubyte`));
  return { images: images.subarray(16), labels: [...labels.subarray(8)].map(String) };
}
export const train = await expected('train');
export const held = await expected('t10k');

export function imagesOf({ images, count, width, height }: RawSet): Buffer {
  if (images instanceof Uint8Array) return Buffer.from(images);
  const bytes = Buffer.alloc(count * width * height);
  withBytes(images, (readBytes) => readBytes(bytes, 0));
  return bytes;
}

export function labelsOf({ labels, count }: RawSet): string[] {
  return Array.from({ length: count }, (_, k) => labels!.values[labels!.places[k]!]!);
}

export function expectSet(set: RawSet | undefined, { images, labels }: typeof train): void {
  expect([set?.count, set?.width, set?.height]).toEqual([labels.length, 28, 28]);
  expect(imagesOf(set!).equals(images)).toBe(true);
  expect(labelsOf(set!)).toEqual(labels);
}

export const NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
export const inWords = (labels: string[]): string[] => labels.map((label) => NAMES[Number(label)]!);
