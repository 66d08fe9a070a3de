/** What the names of a header say of their columns. */

const LABEL = /^(?:labels?|class|classes|target|y|digit)$/i;
const INDEX = /^(?:|#|id|idx|index|row|row_?id|row\.names|image_?id|unnamed: ?\d+)$/i;

export function isLabelName(name: string): boolean {
  return LABEL.test(name.trim());
}

export function isIndexName(name: string): boolean {
  return INDEX.test(name.trim());
}

/** The columns whose names are of another make than most: of names as `pixel7`, all others. */
export function oddColumns(names: readonly string[], columns: readonly number[]): number[] {
  const makeOf = (column: number): string => names[column]!.replaceAll(/\d+/g, '#');
  const times = new Map<string, number>();
  for (const column of columns) times.set(makeOf(column), (times.get(makeOf(column)) ?? 0) + 1);
  const [usual] = [...times].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0]);
  return columns.filter((column) => makeOf(column) !== usual);
}

/** The order of pixels that their names give. */
export interface NamedPixels {
  /** The place of each pixel in the image, row-major. */
  readonly places: readonly number[];
  /** Known from names as `1x1` to `28x28`, the row before the column. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** @returns undefined if the names say nothing of the order */
export function namedPixels(names: readonly string[]): NamedPixels | undefined {
  const numbers = names.map((name) => (name.match(/\d+/g) ?? []).map(Number));
  const kinds = numbers[0]?.length;
  if ((kinds !== 1 && kinds !== 2) || numbers.some(({ length }) => length !== kinds)) return undefined;
  if (kinds === 1) {
    const least = numbers.reduce((low, [number]) => Math.min(low, number!), Number.POSITIVE_INFINITY);
    const places = numbers.map(([number]) => number! - least);
    return isPermutation(places) ? { places } : undefined;
  }
  const [rows, columns] = [0, 1].map((k) => {
    const all = numbers.map((pair) => pair[k]!);
    const least = all.reduce((low, number) => Math.min(low, number));
    return { least, count: all.reduce((high, number) => Math.max(high, number)) - least + 1 };
  }) as [{ least: number; count: number }, { least: number; count: number }];
  if (rows.count * columns.count !== names.length) return undefined;
  const places = numbers.map(
    ([row, column]) => (row! - rows.least) * columns.count + column! - columns.least,
  );
  return isPermutation(places) ? { places, size: { width: columns.count, height: rows.count } } : undefined;
}

function isPermutation(places: readonly number[]): boolean {
  const isTaken = new Uint8Array(places.length);
  return places.every((place) => place < isTaken.length && isTaken[place]!++ === 0);
}
