import type { PixelRange } from '@micronn/core/data';
import type { FileBytes } from './file-bytes.ts';
import type { TableWorkers } from './table/table-workers.ts';

/**
 * What readers of files deliver, before anybody decides what its labels and numbers mean: one {@link RawSet} for each
 * set of images that a source holds.
 */

/** How the options of the command line say to read a source; what is undefined is found out. */
export interface ReadingOptions {
  /** The column of the label: its name, its number from 1, `last`, or `none`. */
  readonly labelColumn?: string;
  /** The numbers of black and of white. */
  readonly pixelScale?: PixelRange;
  /** To which all images are resampled. */
  readonly size?: ImageSize;
  /** What to do with an image in colour. */
  readonly colours?: 'grey' | 'refuse';
  /** Whether a source without labels is of use: `predict` needs none. */
  readonly unlabelled?: boolean;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Reports a problem of the data or the cache; the data is loaded all the same. */
export type Warn = (code: string, message: string) => void;

/** How data is loaded; none of these changes what is read. */
export interface LoadOptions {
  /** The threads that read a table of text. */
  readonly workers: TableWorkers;
  /** The cache folder for parsed data; null for no cache. */
  readonly cache: string | null;
  /** Ends the loading early. */
  readonly signal: AbortSignal;
  /** Called when the cache cannot be used, and for whatever else people should know of their data. */
  readonly warn: Warn;
  /**
   * Called a few times each second while a large source is read, from the second second on.
   *
   * @param share from 0 to 1; undefined if the size of the source is not known
   */
  readonly progress?: (share: number | undefined) => void;
}

/** Images and labels as a source has them. */
export interface RawSet extends ImageSize {
  readonly count: number;
  /** count × height × width bytes, row-major. */
  readonly images: Uint8Array | FileBytes;
  /**
   * The range of the source's numbers, if the reader has turned them into bytes by it. If undefined, the bytes are the
   * source's own numbers, whose range is still to be found.
   */
  readonly range?: PixelRange;
  /** Undefined if the source has no labels. */
  readonly labels?: RawLabels;
  /** The label of each row in words that the source itself provides, or that belong to a known set, by value. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whether the images are known to lie transposed, as those of EMNIST do. */
  readonly isTransposed?: boolean;
  /** What was understood, in parts: `Kaggle CSV`, `header`, `label in column 1`. Sizes and ranges are added later. */
  readonly told: readonly string[];
}

/** A label for each image. */
export interface RawLabels {
  /** count indices into `values`, in shared memory. */
  readonly places: Uint8Array | Uint16Array;
  /** The labels that occur, as `labelText` spells them, in any order. */
  readonly values: readonly string[];
}

/** The sets of a source. A source with a single set has it as `train`. */
export interface RawSource {
  readonly train?: RawSet;
  readonly test?: RawSet;
}

/**
 * Bytes that a reader can open as often as it likes: a file, what a gzip file or an entry of an archive unpacks to, or
 * standard input, which is kept in a temporary file.
 */
export interface ByteSource {
  /** What people call it: the path as typed, `archive.zip: train.csv`, or `standard input`. */
  readonly name: string;
  /** The path, if its bytes lie unpacked in a regular file. */
  readonly file?: string;
  /** Opens the unpacked bytes. */
  open(): AsyncIterable<Buffer>;
}
