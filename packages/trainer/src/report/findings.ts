import type { Network } from '@micronn/core';
import type { RunStart } from '../console/reporter.ts';
import { CLASSES } from '../data/samples.ts';
import type { EvaluationSet } from '../training/memory.ts';
import type { Position } from '../training/position.ts';

/** A run that has ended, complete or not. */
export interface EndedRun {
  readonly start: RunStart;
  /** The network at the end of the run. */
  readonly network: Network;
  /** Completed epochs, completed steps of the next one, and the best epoch. */
  readonly position: Pick<Position, 'epoch' | 'step' | 'best'>;
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
  const { labels } = samples;
  const counts = new Uint32Array(CLASSES * CLASSES);
  let loss = 0;
  for (let i = 0; i < order.length; i++) {
    counts[labels[order[i]!]! * CLASSES + predictions[i]!]!++;
    loss += losses[i]!;
  }
  let right = 0;
  for (let digit = 0; digit < CLASSES; digit++) right += counts[digit * CLASSES + digit]!;
  return { name: evaluated.name, images: order.length, right, loss: loss / order.length, counts };
}
