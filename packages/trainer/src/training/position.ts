/**
 * Where a run stands between two steps: with the parameters, the velocity and the configuration all that it takes
 * to go on as if it had never stopped.
 */
export interface Position {
  /** Epochs that are over. */
  readonly epoch: number;
  /** Steps done of the epoch after those; never all of them. */
  readonly step: number;
  /** Over these steps: the sum of the samples' losses, and the number predicted right. */
  readonly lossSum: number;
  readonly hits: number;
  /** What these steps took. */
  readonly seconds: number;
  /** The epoch with the lowest loss so far, of validation where there is one. */
  readonly best?: { readonly epoch: number; readonly loss: number };
}

export const BEGIN: Position = { epoch: 0, step: 0, lossSum: 0, hits: 0, seconds: 0 };

/** The position at the end of the epoch that was under way. */
export function nextEpoch({ epoch }: Position, best: Position['best']): Position {
  return { ...BEGIN, epoch: epoch + 1, ...(best && { best }) };
}
