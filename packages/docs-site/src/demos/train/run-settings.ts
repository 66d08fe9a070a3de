import type { Initialization } from '@micronn/core';

/** What the reader sets before a run; with the digits, it decides every bit. */
export interface RunSettings {
  readonly seed: number;
  readonly hidden: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly init: Initialization;
  /** How many epochs a press of the button trains. */
  readonly epochs: number;
}

export const startSettings: RunSettings = {
  seed: 42,
  hidden: 10,
  batchSize: 64,
  learningRate: 0.1,
  init: 'uniform',
  epochs: 20,
};

/** The shards that the trainer cuts a minibatch into where nothing else is said: with them come its bits. */
export const SHARDS = 4;

/** What may be set: the ends of the sliders. */
export const limits = {
  hidden: [1, 128],
  batchSize: [1, 512],
  learningRate: [0.01, 2],
  epochs: [1, 100],
} as const;
