import type { Network } from '@micronn/core';
import type { NetworkId } from './desk.ts';

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
