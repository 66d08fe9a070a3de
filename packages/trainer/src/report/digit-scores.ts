/** The scores of one digit. A ratio whose denominator is 0 is undefined. */
export interface DigitScore {
  readonly digit: number;
  /** Images of the digit. */
  readonly support: number;
  /** Images predicted as the digit. */
  readonly predicted: number;
  /** The share of the predictions that are correct. */
  readonly precision: number | undefined;
  /** The share of the digit's images that are predicted correctly. */
  readonly recall: number | undefined;
}

/**
 * Precision and recall of each class.
 *
 * Shape: counts (C, C) row by row, the row the label and the column the prediction.
 */
export function digitScores(counts: Uint32Array, C: number): DigitScore[] {
  return Array.from({ length: C }, (_, digit) => {
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < C; other++) {
      support += counts[digit * C + other]!;
      predicted += counts[other * C + digit]!;
    }
    const right = counts[digit * C + digit]!;
    return {
      digit,
      support,
      predicted,
      precision: predicted === 0 ? undefined : right / predicted,
      recall: support === 0 ? undefined : right / support,
    };
  });
}
