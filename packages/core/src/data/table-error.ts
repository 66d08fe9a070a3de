/** What is wrong with a table of text: the codes of the command line's errors. */
export type TableErrorCode =
  | 'CSV_EMPTY'
  | 'CSV_HEADER'
  | 'CSV_COLUMNS'
  | 'CSV_LABEL'
  | 'CSV_PIXEL'
  | 'CSV_QUOTES'
  | 'CSV_RECORD_SIZE'
  | 'DATA_KIND'
  | 'DATA_SCALE'
  | 'TABLE_FORM';

/** Where something is wrong; lines and columns count from 1. */
export interface TablePlace {
  readonly line?: number;
  readonly column?: number;
}

/** A table of text that is wrong, or that can be read in more than one way. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly code: TableErrorCode;
  readonly place: TablePlace;

  /** @param message what is wrong and what to do, in one sentence without the place */
  constructor(code: TableErrorCode, message: string, place: TablePlace = {}) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

/** A field for a sentence: in quotes, and not all of a long one. */
export function shownField(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}…`);
}
