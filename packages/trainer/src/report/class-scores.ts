/** The scores of one class. A ratio whose denominator is 0 is undefined. */
export interface ClassScore {
  /** The class, from 0 to C − 1. */
  readonly output: number;
  readonly name: string;
  /** Images of the class. */
  readonly support: number;
  /** Images predicted as the class. */
  readonly predicted: number;
  /** The share of the predictions that are correct. */
  readonly precision: number | undefined;
  /** The share of the class's images that are predicted correctly. */
  readonly recall: number | undefined;
}

/**
 * Precision and recall of each class.
 *
 * Shape: counts (C, C) row by row, the row the label and the column the prediction.
 *
 * @param names of the C classes
 */
export function classScores(counts: Uint32Array, names: readonly string[]): ClassScore[] {
  const C = names.length;
  return names.map((name, output) => {
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < C; other++) {
      support += counts[output * C + other]!;
      predicted += counts[other * C + output]!;
    }
    const right = counts[output * C + output]!;
    return {
      output,
      name,
      support,
      predicted,
      precision: predicted === 0 ? undefined : right / predicted,
      recall: support === 0 ? undefined : right / support,
    };
  });
}

/** The scores with the lowest recall first; classes without images come last. */
export function lowestRecallFirst(scores: readonly ClassScore[]): ClassScore[] {
  return scores.toSorted((one, other) => (one.recall ?? 2) - (other.recall ?? 2));
}

/** Two classes that are confused. */
export interface ConfusedPair {
  readonly label: string;
  readonly prediction: string;
  readonly images: number;
  /** All images of the label. */
  readonly support: number;
}

/** The most frequent mistakes, the most frequent first. */
export function confusedPairs(
  counts: Uint32Array,
  scores: readonly ClassScore[],
  most: number,
): ConfusedPair[] {
  const C = scores.length;
  const wrong: number[] = [];
  for (let k = 0; k < counts.length; k++) if (counts[k]! > 0 && Math.floor(k / C) !== k % C) wrong.push(k);
  return wrong
    .toSorted((one, other) => counts[other]! - counts[one]! || one - other)
    .slice(0, most)
    .map((k) => {
      const label = scores[Math.floor(k / C)]!;
      return {
        label: label.name,
        prediction: scores[k % C]!.name,
        images: counts[k]!,
        support: label.support,
      };
    });
}
