import { confusionMatrix } from '@micronn/core';

/** A confusion matrix: the row is the label, the column the prediction. */
export interface Confusion {
  readonly rows: readonly (readonly number[])[];
  /** Number of samples off the diagonal. */
  readonly wrong: number;
  /** The most frequent mistake, if any. */
  readonly worst: { readonly label: number; readonly prediction: number; readonly count: number } | undefined;
}

export function confusionOf(predictions: Uint8Array, labels: Uint8Array): Confusion {
  const flat = confusionMatrix(predictions, labels, 10);
  const rows = Array.from({ length: 10 }, (_, k) => Array.from(flat.subarray(10 * k, 10 * k + 10)));
  let wrong = 0;
  let worst: Confusion['worst'];
  for (const [label, row] of rows.entries()) {
    for (const [prediction, count] of row.entries()) {
      if (label === prediction) continue;
      wrong += count;
      if (count > (worst?.count ?? 0)) worst = { label, prediction, count };
    }
  }
  return { rows, wrong, worst };
}
