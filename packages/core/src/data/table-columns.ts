import { numberOf } from './table-form.ts';

/** What the values of a column look like, in some rows. */
export interface ColumnFacts {
  /** The number of different values. */
  readonly distinct: number;
  /** The share of the most frequent value. */
  readonly mostShare: number;
  /** Entropy of the values over that of as many different values in equal shares: 1 if all are equally frequent. */
  readonly evenness: number;
  /** Whether all are whole numbers. */
  readonly whole: boolean;
  /** Whether no value is a number. */
  readonly words: boolean;
  /** Whether each value is the one before plus one: an index; `cycle` if it begins again, always at the same value. */
  readonly counts: 'up' | 'cycle' | undefined;
}

/** Fewer rows do not show that a column counts. */
const LEAST_COUNTED = 4;

/** @param values the fields of a column, at least one; consecutive rows of a table */
export function columnFacts(values: readonly string[]): ColumnFacts {
  const frequencies = new Map<string, number>();
  for (const value of values) frequencies.set(value, (frequencies.get(value) ?? 0) + 1);
  const shares = [...frequencies.values()].map((times) => times / values.length);
  const entropy = shares.reduce((sum, share) => sum - share * Math.log(share), 0);
  const numbers = values.map((value) => numberOf(value));
  return {
    distinct: shares.length,
    mostShare: Math.max(...shares),
    evenness: shares.length > 1 ? entropy / Math.log(shares.length) : 0,
    whole: numbers.every(Number.isInteger),
    words: numbers.every(Number.isNaN),
    counts: countingOf(numbers),
  };
}

function countingOf(numbers: readonly number[]): ColumnFacts['counts'] {
  if (numbers.length < LEAST_COUNTED) return undefined;
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  if (!(most > least)) return undefined;
  let again = false;
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i] === numbers[i - 1]! + 1) continue;
    if (numbers[i] !== least || numbers[i - 1] !== most) return undefined;
    again = true;
  }
  if (!again) return 'up';
  // Two classes in turn are not rare: they only count from three on.
  return most - least >= 2 ? 'cycle' : undefined;
}

/** The labels of real data repeat, in shares that are not too different. */
function canBeLabels({ distinct, mostShare, whole, words, counts }: ColumnFacts): boolean {
  return (whole || words) && counts === undefined && distinct > 1 && distinct <= 1000 && mostShare < 0.95;
}

/** How much more even the values of the label are than those of a pixel, if both columns may be the label. */
const CLEARLY = 0.2;
const EVEN = 0.75;
/** In fewer rows each label may be another. */
const FEW_ROWS = 20;

/**
 * Which of two columns holds the labels, if the other holds pixels. Pixels at the edge of an image are nearly all the
 * same, and those of its middle mostly; labels are a few values in shares of the same order.
 *
 * @param rows the number of values of each column
 * @returns undefined if that cannot be told
 */
export function labelColumnOf(
  first: ColumnFacts,
  last: ColumnFacts,
  rows: number,
): 'first' | 'last' | undefined {
  if (first.words !== last.words) return first.words ? 'first' : 'last';
  const [one, other] = [canBeLabels(first), canBeLabels(last)];
  if (!one && !other) return undefined;
  const isFirst = one && (!other || first.evenness > last.evenness);
  const [label, pixels] = isFirst ? [first, last] : [last, first];
  if (pixels.counts !== undefined || label.evenness < EVEN) return undefined;
  if (rows >= FEW_ROWS && label.distinct > rows / 2) return undefined;
  if (one && other && label.evenness - pixels.evenness < CLEARLY) return undefined;
  return isFirst ? 'first' : 'last';
}
