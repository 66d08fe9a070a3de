import { exp, forward, type Network } from '@micronn/core';
import { readImage } from '../data/images.ts';
import type { EvaluationSet } from '../training/memory.ts';

/** A misclassified image. */
export interface Mistake {
  /** Its index in the data set, from 0. */
  readonly place: number;
  readonly label: number;
  readonly prediction: number;
  /** Of each class. */
  readonly probabilities: Float64Array;
}

export interface SurestMistakes {
  /** The most confident prediction first. */
  readonly mistakes: readonly Mistake[];
  /** The number of misclassified images. */
  readonly total: number;
  /** The number of them that were searched, those with the highest loss; the others may hold more confident ones. */
  readonly examined: number;
}

/** The multiplications that a report may take: some tenths of a second. */
const BUDGET = 2e8;

/**
 * The misclassified images whose predicted digit has the highest probability, computed with core's reference.
 *
 * The true digit of an image with loss L has probability e^(−L), so no other digit has more than 1 − e^(−L). The
 * search goes from the highest loss down and ends where this bound is below the probabilities already found.
 */
export function findSurestMistakes(network: Network, set: EvaluationSet, count: number): SurestMistakes {
  const { samples, order, losses, predictions } = set;
  const wrong: number[] = [];
  for (let i = 0; i < order.length; i++) if (predictions[i] !== samples.labels[order[i]!]) wrong.push(i);
  wrong.sort((a, b) => losses[b]! - losses[a]! || a - b);
  const most = Math.max(count, Math.floor(BUDGET / network.parameters.length));

  const surest: Mistake[] = [];
  let examined = 0;
  for (const i of wrong) {
    const least = surest.length === count ? sureness(surest.at(-1)!) : 0;
    // The margin covers the rounding of float32 losses.
    if (examined >= most) break;
    if (1 - exp(-losses[i]!) < least - 1e-6) {
      // No remaining image can have a higher probability.
      examined = wrong.length;
      break;
    }
    examined++;
    const place = order[i]!;
    const x = Float64Array.from(pixelsOf(set, place), (value) => value / 255);
    const { probabilities } = forward(network, x);
    surest.push({ place, label: samples.labels[place]!, prediction: predictions[i]!, probabilities });
    surest.sort((a, b) => sureness(b) - sureness(a) || a.place - b.place);
    if (surest.length > count) surest.pop();
  }
  return { mistakes: surest, total: wrong.length, examined };
}

/** The bytes of one image. */
export function pixelsOf({ samples }: EvaluationSet, place: number): Uint8Array {
  return readImage(samples, place);
}

function sureness({ probabilities, prediction }: Mistake): number {
  return probabilities[prediction]!;
}
