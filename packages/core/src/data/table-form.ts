import type { PixelRange } from './pixel-range.ts';

/** How the rows of a table of text are written. */
export interface TableDialect {
  /** `sparse` rows are those of ARFF, `{index value, …}`; `libsvm` rows are `label index:value …`. */
  readonly syntax: 'csv' | 'libsvm' | 'sparse';
  /** Between fields; a space stands for any number of spaces and tabs. */
  readonly delimiter: ',' | ';' | '\t' | ' ';
  readonly decimal: '.' | ',';
  readonly quote: '"' | "'";
  /** A line that begins with it is no row; empty if there are none. */
  readonly comment: '' | '#' | '%';
}

/** Where the label of a row is. Columns count from 0. */
export type LabelPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'column'; readonly column: number; readonly words: boolean }
  | { readonly kind: 'one-hot'; readonly column: number; readonly values: readonly string[] };

/** What a table of text is: enough to read any of its rows without a look at another. */
export interface TableForm extends TableDialect {
  /** The number of fields of a row. */
  readonly fields: number;
  readonly label: LabelPlace;
  /** For each field the place of its pixel in the image, row-major; −1 for a label, and for what is ignored. */
  readonly places: Int16Array;
  readonly width: number;
  readonly height: number;
  /** The range of the pixels' numbers. If undefined, they are whole numbers from 0 to 255. */
  readonly range?: PixelRange;
  /** Whether most numbers are written as `5.0` or `5e0`, so that whole numbers need not mean that all are. */
  readonly floats: boolean;
  /** The first name of the header, by which the header is known if it occurs again. */
  readonly firstName?: string;
  /** What an omitted field of a sparse row means, if not 0. */
  readonly omitted?: Readonly<Record<number, string>>;
  /** What was understood, in parts: `Kaggle CSV`, `header`, `label in column 1`. */
  readonly told: readonly string[];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that a field holds, in decimal digits; NaN for any other text. */
export function numberOf(field: string, decimal: TableDialect['decimal'] = '.'): number {
  // Most pixels are paper.
  if (field === '0') return 0;
  const trimmed = field.trim();
  // A point between thousands is no decimal point.
  const text = decimal === ',' ? trimmed.replaceAll(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : trimmed;
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}
