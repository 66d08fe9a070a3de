import type { Network } from '@micronn/core';
import type { Samples } from '../../worker/messages.ts';
import type { NetworkId } from '../desk.ts';
import { formatPercent } from '../format-number.ts';
import { type Reading, readImage } from '../reading.ts';

/** What the page knows of a network that the trainer trained, before it is fetched. */
export interface ModelFacts {
  readonly id: NetworkId;
  readonly address: string;
  readonly hidden: number;
  readonly bytes: number;
  /** On MNIST's 10,000 test images, as the trainer's command said. */
  readonly testAccuracy: number;
}

/** A share of misreadings as one in so many: 0.925 right is `one digit in 13`. */
export function oneIn(accuracy: number): string {
  return `one digit in ${Math.round(1 / (1 - accuracy))}`;
}

/** A count of bytes as one reads it: `407 kB`, `1.9 MB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A network's name in a sentence. */
export function networkName(id: NetworkId, hidden: string | number): string {
  return id === 'yours' ? 'Your network' : `The network of ${countHidden(hidden)}`;
}

/** So many hidden neurons: `1 hidden neuron`, `32-16 hidden neurons`. */
export function countHidden(hidden: string | number): string {
  return String(hidden) === '1' ? '1 hidden neuron' : `${hidden} hidden neurons`;
}

/** A network's hidden layers, as `10` or `32-16`. */
export function hiddenOf({ layers }: Network): string {
  return layers.slice(1, -1).join('-') || 'no';
}

/** Whether the networks agree, in a sentence; nothing where there is only one. */
export function compareReadings(
  readings: readonly { readonly name: string; readonly reading: Reading }[],
): string | undefined {
  const [first, ...others] = readings;
  if (!first || others.length === 0) return undefined;
  const different = others.filter(({ reading }) => reading.digit !== first.reading.digit);
  if (different.length === 0) {
    return others.length === 1 ? `${others[0]!.name} reads the same.` : 'The others read the same.';
  }
  return different
    .map(
      ({ name, reading: { digit, probabilities } }) =>
        `${name} reads a ${digit}, with ${formatPercent(probabilities[digit]!)}.`,
    )
    .join(' ');
}

/** Places of the samples that the networks read differently. */
export function disagreements({ images, labels }: Samples, networks: readonly Network[]): number[] {
  const places: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const image = images.subarray(784 * i, 784 * (i + 1));
    const digits = new Set(networks.map((network) => readImage(network, image).digit));
    if (digits.size > 1) places.push(i);
  }
  return places;
}

/** The place after this one among some, and from the last on the first again. */
export function nextPlace(places: readonly number[], after: number): number {
  return places.find((place) => place > after) ?? places[0]!;
}
