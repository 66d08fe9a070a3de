import type { Network } from '@micronn/core';
import { areDigits, type Classes } from '@micronn/core/data';
import type { RunStart } from '../console/reporter.ts';
import type { DataForm } from '../data/data-form.ts';
import type { EvaluationSet } from '../training/memory.ts';
import type { Position } from '../training/position.ts';

/** A run that has ended, complete or not. */
export interface EndedRun {
  readonly start: RunStart;
  /** The size of the images, and their classes. */
  readonly form: Pick<DataForm, 'width' | 'height' | 'classes'>;
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
  /** The names of the C classes, and what a class is called: `digit` or `class`. */
  readonly names: readonly string[];
  readonly noun: 'digit' | 'class';
  /** (C, C). Row: label. Column: prediction. */
  readonly counts: Uint32Array;
}

export function findingsOf({ evaluated, form }: EndedRun): Findings | undefined {
  if (!evaluated) return undefined;
  const { order, predictions, losses, samples } = evaluated.set;
  const { labels } = samples;
  const C = form.classes.names.length;
  const counts = new Uint32Array(C * C);
  let loss = 0;
  for (let i = 0; i < order.length; i++) {
    counts[labels[order[i]!]! * C + predictions[i]!]!++;
    loss += losses[i]!;
  }
  let right = 0;
  for (let k = 0; k < C; k++) right += counts[k * C + k]!;
  return {
    name: evaluated.name,
    images: order.length,
    right,
    loss: loss / order.length,
    names: form.classes.names,
    noun: nounOf(form.classes),
    counts,
  };
}

/** What one of the classes is called. */
export function nounOf(classes: Classes): 'digit' | 'class' {
  return areDigits(classes) ? 'digit' : 'class';
}

/** The plural. */
export function nounsOf(noun: 'digit' | 'class'): string {
  return noun === 'digit' ? 'digits' : 'classes';
}
