import { type PixelRange, rangeOf } from './pixel-range.ts';
import { TableError } from './table-error.ts';
import { numberOf, type TableForm } from './table-form.ts';

/** Of some, or of all, of the numbers of a table's pixels. Fields that hold no number do not count. */
export interface NumberFacts {
  least: number;
  most: number;
  count: number;
  /** Numbers other than 0. */
  filled: number;
  fractions: number;
  negative: number;
  above1: number;
  above255: number;
  /** Numbers written as `5.0` or `5e0`. */
  floats: number;
}

/** The facts before the first number. */
export function noNumbers(): NumberFacts {
  const counts = { count: 0, filled: 0, fractions: 0, negative: 0, above1: 0, above255: 0, floats: 0 };
  return { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, ...counts };
}

/** Adds the pixels of a row, whose fields are where `places` is not negative. */
export function countNumbers(
  facts: NumberFacts,
  { places, decimal }: Pick<TableForm, 'places' | 'decimal'>,
  fields: readonly string[],
): void {
  for (let k = 0; k < fields.length; k++) {
    if (!(places[k]! >= 0)) continue;
    const field = fields[k]!;
    const value = numberOf(field, decimal);
    if (!Number.isFinite(value)) continue;
    facts.count++;
    if (value < facts.least) facts.least = value;
    if (value > facts.most) facts.most = value;
    if (field.length > 1 && /[.,e]/i.test(field)) facts.floats++;
    if (value === 0) continue;
    facts.filled++;
    if (value < 0) facts.negative++;
    if (value > 1) facts.above1++;
    if (value > 255) facts.above255++;
    if (!Number.isInteger(value)) facts.fractions++;
  }
}

/** Fewer than so many of a kind are mistakes among the others. */
const RARE = 0.05;
/** In 16 bits, most ink is above 255. */
const WIDE = 0.25;

/** How the pixels' numbers are read. */
export type NumberForm = Pick<TableForm, 'range' | 'floats'>;

/**
 * How to read pixels that have such numbers, of which a few may be wrong: whole numbers from 0 to 255 as they are,
 * others by the range that they fill.
 *
 * @param scale the range, if it is given
 * @throws TableError if the range cannot be told
 */
export function numberForm(facts: NumberFacts, scale: PixelRange | undefined): NumberForm {
  const { count, filled, fractions, negative, above255, least, most } = facts;
  const floats = 2 * facts.floats > count;
  const fractional = fractions > RARE * filled || (fractions > 0 && floats);
  if (scale) {
    const areBytes =
      Math.min(scale.low, scale.high) >= 0 && Math.max(scale.low, scale.high) <= 255 && !fractional;
    return areBytes ? { floats } : { range: scale, floats };
  }
  const signed = negative > RARE * count;
  if (!fractional && !signed) {
    return above255 > WIDE * filled ? { range: { low: 0, high: 65_535 }, floats } : { floats };
  }
  // A few numbers above 1 among fractions are mistakes; the rows that have them will be refused.
  const isUnit = least >= 0 && facts.above1 <= RARE * filled;
  const range = isUnit ? { low: 0, high: 1 } : rangeOf({ least, most, whole: !fractional });
  if (range) return { range, floats };
  throw new TableError(
    'DATA_SCALE',
    `the pixels are numbers from ${least} to ${most}: say which of them are black and white with --pixel-scale, as --pixel-scale ${least}..${most}`,
  );
}
