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

/** The images of one forward pass. */
const AT_ONCE = 16;

/**
 * The misclassified images whose predicted digit has the highest probability, computed with core's reference.
 *
 * The true digit of an image with loss L has probability e^(−L), so no other digit has more than 1 − e^(−L). The
 * search goes from the highest loss down and ends where this bound is below the probabilities already found.
 */
export function findSurestMistakes(network: Network, set: EvaluationSet, count: number): SurestMistakes {
  const wrong = mistakesByLoss(set);
  const most = Math.min(wrong.length, Math.max(count, Math.floor(BUDGET / network.parameters.length)));
  let surest: Mistake[] = [];
  let examined = 0;
  while (examined < most) {
    const least = surest.length === count ? sureness(surest.at(-1)!) : 0;
    // The margin covers the rounding of float32 losses.
    if (1 - exp(-set.losses[wrong[examined]!]!) < least - 1e-6) {
      // No remaining image can have a higher probability.
      examined = wrong.length;
      break;
    }
    const next = wrong.slice(examined, Math.min(examined + AT_ONCE, most));
    examined += next.length;
    surest = [...surest, ...mistakesOf(network, set, next)]
      .toSorted((a, b) => sureness(b) - sureness(a) || a.place - b.place)
      .slice(0, count);
  }
  return { mistakes: surest, total: wrong.length, examined };
}

/** The positions of all mistakes in the set's order, the highest loss first. */
function mistakesByLoss({ samples: { labels }, order, losses, predictions }: EvaluationSet): number[] {
  const wrong: number[] = [];
  for (let i = 0; i < order.length; i++) if (predictions[i] !== labels[order[i]!]) wrong.push(i);
  return wrong.toSorted((a, b) => losses[b]! - losses[a]! || a - b);
}

function mistakesOf(network: Network, set: EvaluationSet, positions: readonly number[]): Mistake[] {
  const { order, predictions, samples } = set;
  const D = samples.inputs;
  const x = new Float64Array(positions.length * D);
  for (const [k, i] of positions.entries()) {
    const pixels = pixelsOf(set, order[i]!);
    for (let j = 0; j < D; j++) x[k * D + j] = pixels[j]! / 255;
  }
  const { probabilities } = forward(network, x);
  const C = probabilities.length / positions.length;
  return positions.map((i, k) => ({
    place: order[i]!,
    label: samples.labels[order[i]!]!,
    prediction: predictions[i]!,
    probabilities: probabilities.slice(k * C, (k + 1) * C),
  }));
}

/** The bytes of one image. */
export function pixelsOf({ samples }: EvaluationSet, place: number): Uint8Array {
  return readImage(samples, place);
}

function sureness({ probabilities, prediction }: Mistake): number {
  return probabilities[prediction]!;
}
