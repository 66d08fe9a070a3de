import { forward, type Network } from '@micronn/core';
import type { EvaluationSet } from '../training/memory.ts';

/** An image that the network takes for another digit. */
export interface Mistake {
  /** Its place in the data set, from 0. */
  readonly place: number;
  readonly label: number;
  readonly prediction: number;
  /** Of each class. */
  readonly probabilities: Float64Array;
}

export interface SurestMistakes {
  /** The surest first. */
  readonly mistakes: readonly Mistake[];
  /** How many images were taken for another digit. */
  readonly total: number;
  /** How many of them were looked at, those with the highest loss first; any other cannot be told to be less sure. */
  readonly examined: number;
}

/** Multiplications that a report may take: some tenths of a second. */
const BUDGET = 2e8;

/**
 * The images that the network takes for another digit with the highest probability, by core's reference.
 *
 * Of an image with loss L the true digit has probability e^(−L), so no other can have more than 1 − e^(−L): from the
 * highest loss down, the search ends where this is less than what was found.
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
    // float32 losses: leave their rounding room.
    if (examined >= most) break;
    if (1 - Math.exp(-losses[i]!) < least - 1e-6) {
      // None of those that are left can be surer.
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
  return samples.images.subarray(place * samples.inputs, (place + 1) * samples.inputs);
}

function sureness({ probabilities, prediction }: Mistake): number {
  return probabilities[prediction]!;
}
