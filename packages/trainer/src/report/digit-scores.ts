/** How one digit fares. A ratio without a denominator is undefined. */
export interface DigitScore {
  readonly digit: number;
  /** Images of the digit. */
  readonly support: number;
  /** Images taken for it. */
  readonly predicted: number;
  /** Of the images taken for it, the share that are it. */
  readonly precision: number | undefined;
  /** Of its images, the share that were taken for it. */
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
