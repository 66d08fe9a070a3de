import { confusionMatrix, type Network } from '@micronn/core';
import type { RunStart } from '../console/reporter.ts';
import { CLASSES } from '../data/samples.ts';
import type { EvaluationSet } from '../training/memory.ts';

/** A run that has ended, complete or not. */
export interface EndedRun {
  readonly start: RunStart;
  /** The network at the end of the run. */
  readonly network: Network;
  /** Completed epochs, and completed steps of the next one. */
  readonly position: { readonly epoch: number; readonly step: number };
  readonly ending: 'done' | 'stopped early' | 'interrupted';
  readonly parametersSha256: string;
  /** The set that the report evaluates this network on: the test set, or else the validation set. */
  readonly evaluated?: { readonly name: 'test' | 'validation'; readonly set: EvaluationSet };
}

/** The network's results on the evaluated set. */
export interface Findings {
  /** `test`, or `validation` where there is no test set. */
  readonly name: 'test' | 'validation';
  readonly images: number;
  readonly right: number;
  readonly loss: number;
  /** Row: label. Column: prediction. */
  readonly counts: Uint32Array;
}

export function findingsOf({ evaluated }: EndedRun): Findings | undefined {
  if (!evaluated) return undefined;
  const { order, predictions, losses, samples } = evaluated.set;
  const labels = Uint8Array.from(order, (place) => samples.labels[place]!);
  const counts = confusionMatrix(predictions, labels, CLASSES);
  let right = 0;
  for (let digit = 0; digit < CLASSES; digit++) right += counts[digit * CLASSES + digit]!;
  let loss = 0;
  for (const value of losses) loss += value;
  return { name: evaluated.name, images: order.length, right, loss: loss / order.length, counts };
}
