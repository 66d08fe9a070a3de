/** The range of the numbers that a data set writes its pixels in. */
export interface PixelRange {
  /** The number of black, a byte of 0. */
  readonly low: number;
  /** The number of white, a byte of 255. */
  readonly high: number;
}

/** Pixels as bytes. */
export const BYTES: PixelRange = { low: 0, high: 255 };

/**
 * The byte of a pixel: round(255 · (value − low) / (high − low)), halves up. Of k / 255 in the range from 0 to 1, k.
 */
export function byteOf(value: number, { low, high }: PixelRange): number {
  return Math.floor((255 * (value - low)) / (high - low) + 0.5);
}

/** Facts about all numbers of a data set's pixels. */
export interface PixelFacts {
  readonly least: number;
  readonly most: number;
  /** Whether all are whole numbers. */
  readonly whole: boolean;
}

/**
 * The range of pixels, from the numbers that occur; undefined where they leave it open, as only 0 and 1 do: bits, or
 * bytes of a nearly black picture?
 *
 * | numbers | range |
 * | --- | --- |
 * | whole, 0 to 255, one above 16 | 0 to 255 |
 * | whole, 0 to 15 or 16, one above 1 | 0 to 15 or 16 |
 * | whole, 0 to 65,535, one above 255 | 0 to 65,535 |
 * | fractions from 0 to 1 | 0 to 1 |
 * | fractions from −1 to 1, one below 0 | −1 to 1 |
 * | fractions from 0 to 255, one above 1 | 0 to 255 |
 */
export function rangeOf({ least, most, whole }: PixelFacts): PixelRange | undefined {
  if (least < 0) return least >= -1 && most <= 1 && most > 0 ? { low: -1, high: 1 } : undefined;
  if (whole) {
    if (most <= 1) return undefined;
    if (most === 15 || most === 16) return { low: 0, high: most };
    if (most > 16 && most <= 255) return BYTES;
    if (most > 255 && most <= 65_535) return { low: 0, high: 65_535 };
    return undefined;
  }
  if (most <= 1) return { low: 0, high: 1 };
  return most <= 255 ? BYTES : undefined;
}

/** A range as `0–255` or `−1 to 1`. */
export function rangeText({ low, high }: PixelRange): string {
  const [from, to] = [low, high].map((value) => String(value).replace('-', '−'));
  return low < 0 || high < 0 ? `${from} to ${to}` : `${from}–${to}`;
}
