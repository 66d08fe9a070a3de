import type { Initialization } from '@micronn/core';

/** The settings of a run. With the digits, they determine every bit of the result. */
export interface RunSettings {
  readonly seed: number;
  readonly hidden: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly init: Initialization;
  /** Epochs per press of the button. */
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

/** The trainer's default number of shards per minibatch; the bits of the result depend on it. */
export const SHARDS = 4;

/** The ranges of the sliders. */
export const limits = {
  hidden: [1, 128],
  batchSize: [1, 512],
  learningRate: [0.01, 2],
  epochs: [1, 100],
} as const;
