import { DataFormatError } from './number-type.ts';
import type { PixelFacts } from './pixel-range.ts';

/** Measures the numbers of a data set's pixels, part by part. */
export interface PixelMeter {
  /** @throws DataFormatError when a number is not finite */
  add(numbers: ArrayLike<number>): void;
  /** The facts of all numbers that were added. */
  facts(): PixelFacts;
}

/** A meter that has seen no number yet. */
export function createPixelMeter(): PixelMeter {
  let least = Infinity;
  let most = -Infinity;
  let whole = true;
  return {
    add: (numbers) => {
      for (let k = 0; k < numbers.length; k++) {
        const value = numbers[k]!;
        if (!Number.isFinite(value)) {
          throw new DataFormatError(`expected finite numbers for pixels, got ${value}`);
        }
        if (value < least) least = value;
        if (value > most) most = value;
        if (whole && !Number.isInteger(value)) whole = false;
      }
    },
    facts: () => ({ least, most, whole }),
  };
}
