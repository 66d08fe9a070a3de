import type { Classes, NamesByLabel, PixelRange } from '@micronn/core/data';

/** A file of the reader's, with its path in the chosen folder or archive. */
export interface OwnFile {
  readonly path: string;
  readonly blob: Blob;
}

/** A file in memory. */
export interface OwnBytes {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the reader says about the data; what is undefined is found out. */
export interface OwnOptions {
  /** The column of the label: its name, its number from 1, `first` or `last`. */
  readonly labelColumn?: string;
  /** The number of full ink. */
  readonly white?: number;
}

/** Labelled images of m × (width · height) bytes. */
export interface OwnSamples {
  readonly images: Uint8Array;
  readonly labels: Uint8Array | Uint16Array;
}

/** A data set of the reader's. */
export interface OwnData {
  readonly width: number;
  readonly height: number;
  readonly classes: Classes;
  readonly train: OwnSamples;
  /** Undefined if the source has no test set. */
  readonly test: OwnSamples | undefined;
  /** `Kaggle CSV · header · label in column 1 · 784 pixels 0–255 · 10 classes`. */
  readonly line: string;
}

/** Images and labels as their file has them. */
export interface RawSet {
  readonly width: number;
  readonly height: number;
  readonly images: Uint8Array;
  /** A label for each image. */
  readonly labels: readonly string[];
  /** The range that `images` was converted from; undefined for the file's own bytes. */
  readonly range: PixelRange | undefined;
  readonly told: readonly string[];
  readonly names?: NamesByLabel;
  /** Whether the images lie transposed. */
  readonly isTransposed?: boolean;
}

/** A training set, and a test set if there is one. */
export interface RawSource {
  readonly train: RawSet;
  readonly test?: RawSet;
}

/** Data that cannot be trained on; the message is one sentence. */
export class OwnDataError extends Error {
  readonly code = 'OWN_DATA';
  override readonly name = 'OwnDataError';
}

/** The largest side of an image. */
export const MOST_SIDE = 64;
/** The largest file, unpacked: a page has less memory than a command line. */
export const MOST_BYTES: number = 256 * 2 ** 20;

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
