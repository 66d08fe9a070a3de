import type { Network } from '@micronn/core';
import type { NetworkId } from './desk.ts';

/** What a page knows about a network of the trainer before it fetches it. */
export interface ModelFacts {
  readonly id: NetworkId;
  readonly address: string;
  readonly hidden: number;
  readonly bytes: number;
  /** On MNIST's 10,000 test images, as the trainer reported it. */
  readonly testAccuracy: number;
}

/** The error rate as a fraction: an accuracy of 0.925 is `one digit in 13`. */
export function oneIn(accuracy: number): string {
  return `one digit in ${Math.round(1 / (1 - accuracy))}`;
}

/** A network's name in a sentence. */
export function networkName(id: NetworkId, hidden: string | number): string {
  return id === 'yours' ? 'Your network' : `The network of ${countHidden(hidden)}`;
}

/** The hidden layers in words: `1 hidden neuron`, `32-16 hidden neurons`. */
export function countHidden(hidden: string | number): string {
  return String(hidden) === '1' ? '1 hidden neuron' : `${hidden} hidden neurons`;
}

/** The sizes of a network's hidden layers, as `10` or `32-16`. */
export function hiddenOf({ layers }: Network): string {
  return layers.slice(1, -1).join('-') || 'no';
}
