import { confusionMatrix } from '@micronn/core';

/** How often samples of one class were predicted as another. */
export interface Pair {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
}

/** A confusion matrix: the row is the label, the column the prediction. */
export interface Confusion {
  readonly rows: readonly (readonly number[])[];
  /** Number of samples off the diagonal. */
  readonly wrong: number;
  /** The most frequent mistake, if any. */
  readonly worst: Pair | undefined;
  /** All mistakes, the most frequent first. */
  readonly pairs: readonly Pair[];
}

export function confusionOf(
  predictions: Uint8Array | Uint16Array,
  labels: Uint8Array | Uint16Array,
  classes = 10,
): Confusion {
  const flat = confusionMatrix(predictions, labels, classes);
  const rows = Array.from({ length: classes }, (_, k) =>
    Array.from(flat.subarray(classes * k, classes * (k + 1))),
  );
  const pairs: Pair[] = [];
  for (const [label, row] of rows.entries()) {
    for (const [prediction, count] of row.entries()) {
      if (label !== prediction && count > 0) pairs.push({ label, prediction, count });
    }
  }
  pairs.sort((one, other) => other.count - one.count);
  const wrong = pairs.reduce((sum, { count }) => sum + count, 0);
  return { rows, wrong, worst: pairs[0], pairs };
}
