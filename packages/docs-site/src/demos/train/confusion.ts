import { confusionMatrix } from '@micronn/core';

/** Rows: what it was; columns: what it was read as. With the count of those that were wrong. */
export interface Confusion {
  readonly rows: readonly (readonly number[])[];
  readonly wrong: number;
  /** The most frequent mistake, where there is one. */
  readonly worst: { readonly was: number; readonly readAs: number; readonly count: number } | undefined;
}

export function confusionOf(predictions: Uint8Array, labels: Uint8Array): Confusion {
  const flat = confusionMatrix(predictions, labels, 10);
  const rows = Array.from({ length: 10 }, (_, k) => Array.from(flat.subarray(10 * k, 10 * k + 10)));
  let wrong = 0;
  let worst: Confusion['worst'];
  for (const [was, row] of rows.entries()) {
    for (const [readAs, count] of row.entries()) {
      if (was === readAs) continue;
      wrong += count;
      if (count > (worst?.count ?? 0)) worst = { was, readAs, count };
    }
  }
  return { rows, wrong, worst };
}
