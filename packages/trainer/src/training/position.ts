/**
 * The position of a run between two steps. Together with parameters, velocity and configuration it suffices to resume
 * the run as if it had never stopped.
 */
export interface Position {
  /** Completed epochs. */
  readonly epoch: number;
  /** Completed steps of the next epoch; fewer than all of them. */
  readonly step: number;
  /** Over these steps: the sum of the losses, and the number of correct predictions. */
  readonly lossSum: number;
  readonly hits: number;
  /** The duration of these steps. */
  readonly seconds: number;
  /** The epoch with the lowest loss so far: the validation loss, or the training loss without a validation set. */
  readonly best?: { readonly epoch: number; readonly loss: number };
}

export const BEGIN: Position = { epoch: 0, step: 0, lossSum: 0, hits: 0, seconds: 0 };

/** The position at the end of the current epoch. */
export function nextEpoch({ epoch }: Position, best: Position['best']): Position {
  return { ...BEGIN, epoch: epoch + 1, ...(best && { best }) };
}
