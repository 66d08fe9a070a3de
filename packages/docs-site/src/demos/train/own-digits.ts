import { createRandomStream, permutationInto } from '@micronn/core/random';
import type { OwnData, OwnSamples } from '../../desk/own-data/own-data.ts';
import type { Digits } from './digits.ts';

/** The share of the images that is held back where the source has no test set. */
const HELD_BACK = 0.2;

/** The seed of the choice, which is the same whatever the seed of the run, so that runs can be compared. */
const SEED = 42;

/** The reader's data as training and test set; without a test set, a random fifth is held back. */
export function ownDigits({ width, height, classes, train, test, line }: OwnData): Digits {
  const shared = { width, height, names: classes.names, line };
  if (test) return { ...shared, train, test, isHeldBack: false };
  const order = new Uint32Array(train.labels.length);
  permutationInto(order, createRandomStream(SEED, 'split'));
  const held = Math.max(1, Math.round(HELD_BACK * order.length));
  const take = (from: number, to: number) =>
    samplesAt(train, order.subarray(from, to).toSorted(), width * height);
  return { ...shared, train: take(held, order.length), test: take(0, held), isHeldBack: true };
}

function samplesAt({ images, labels }: OwnSamples, places: Uint32Array, pixels: number): OwnSamples {
  const chosen = new Uint8Array(places.length * pixels);
  for (const [k, place] of places.entries()) {
    chosen.set(images.subarray(place * pixels, (place + 1) * pixels), k * pixels);
  }
  const values =
    labels instanceof Uint16Array ? new Uint16Array(places.length) : new Uint8Array(places.length);
  for (const [k, place] of places.entries()) values[k] = labels[place]!;
  return { images: chosen, labels: values };
}
