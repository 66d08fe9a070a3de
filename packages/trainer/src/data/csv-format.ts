import { MicronnError } from '../errors.ts';
import { PIXELS } from './samples.ts';

/**
 * Rows of Kaggle's "MNIST in CSV": an optional header line `label,1x1,1x2,…,28x28`, then one line per image with its
 * label and 784 pixels from 0 to 255.
 */

/** The fields of a row. */
export const FIELDS: number = PIXELS + 1;
/** A row of 785 fields has at most 3,140 characters (7,065 with quotes); a longer row has lost its end. */
export const MAX_ROW_BYTES = 65_536;

/** The part of a file that a stream holds: the whole file, or a range that starts at a line. */
export interface CsvPart {
  readonly file: string;
  /** The number of its first line; the first line of the file is 1. */
  readonly firstLine: number;
  /** Whether the part holds or precedes the first row of the file, so that its first row may be the header. */
  readonly holdsFirstRow: boolean;
}

/** Separate buffers for labels and pixels. */
export interface RowTarget {
  readonly labels: Uint8Array;
  /** 784 bytes for each label. */
  readonly images: Uint8Array;
}

/** Returns the buffers and the index for the next row; called once per row, not for the header. */
export type NextRow = () => RowTarget & { readonly row: number };

/** Kaggle's header begins with `label`; the other names differ between data sets. */
export function isHeader(firstField: string): boolean {
  return firstField.trim().toLowerCase() === 'label';
}

/** The error of a reading that the signal aborted. */
export function interrupted(file: string, cause: unknown): MicronnError {
  return new MicronnError('INTERRUPTED', 'interrupted while reading', { file }, { cause });
}
