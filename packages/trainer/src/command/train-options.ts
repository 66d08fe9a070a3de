import type { initializations } from '@micronn/core';
import { MNIST } from '../data/mnist.ts';
import type { BackendName } from '../training/backend.ts';
import { availableCores } from '../training/cores.ts';
import type { ParallelStrategy } from '../training/memory.ts';

export const MAX_THREADS = 256;

/** The complete configuration of a run; config.json holds it, and `--config` repeats the run from it. */
export interface TrainOptions {
  data: string;
  testData?: string;
  /** The column of the label: its name, its number from 1, `last`, or `none`. */
  labelColumn?: string;
  /** The numbers of black and of white, as `1`, `16` or `-1..1`. */
  pixelScale?: string;
  /** Whether to exchange black and white. */
  invert?: boolean;
  /** Whether to exchange rows and columns; images that are known to lie so are turned by default. */
  transpose?: boolean;
  /** The size to which all images are resampled, as `28x28`. */
  size?: string;
  /** What to do with images in colour. */
  colours?: 'grey' | 'refuse';
  /** A file of the names of the classes. */
  classNames?: string;
  /** If absent: see {@link standardSplit}. */
  validationSplit?: number;
  hidden: number[];
  epochs: number;
  batchSize: number | 'full';
  lr: number;
  momentum: number;
  seed: number;
  threads: number;
  shards: number;
  parallel: ParallelStrategy;
  init: (typeof initializations)[number];
  backend: BackendName;
  /** Epochs without a lower validation loss after which to stop. */
  earlyStop: number | 'off';
  out?: string;
  /** Steps between checkpoints within an epoch. */
  checkpointEvery: number | 'off';
  /** How often the run may repeat work after a worker died. */
  maxRestarts: number;
  /** Whether to keep parsed data for the next run; the result does not depend on the cache. */
  cache: boolean;
}

/** The default of each option; of `threads`, see {@link defaultThreads}. */
export const trainDefaults: Readonly<Omit<TrainOptions, 'threads'>> = {
  data: MNIST,
  hidden: [10],
  epochs: 10,
  batchSize: 64,
  lr: 0.1,
  momentum: 0,
  seed: 42,
  // The same number on every machine, because the bits of the result depend on it.
  shards: 4,
  parallel: 'data',
  init: 'uniform',
  backend: 'wasm',
  earlyStop: 'off',
  checkpointEvery: 'off',
  maxRestarts: 3,
  cache: true,
};

/** The default of `threads`: a thread for each core, and none without a shard, which would have nothing to train. */
export function defaultThreads(shards: number): number {
  return Math.min(availableCores(), shards, MAX_THREADS);
}

/**
 * Options on which the bits of the run's next step depend. The data may have moved; it is compared once it is read.
 */
export const fixedOnResume = [
  'validationSplit',
  'hidden',
  'batchSize',
  'lr',
  'momentum',
  'seed',
  'shards',
  'parallel',
  'init',
  'backend',
] as const satisfies readonly (keyof TrainOptions)[];

/** The options that say how to read data; `evaluate` and `predict` take them too. */
export const dataOptionKeys = [
  'labelColumn',
  'pixelScale',
  'invert',
  'transpose',
  'size',
  'colours',
  'classNames',
] as const satisfies readonly (keyof TrainOptions)[];

export type DataOptionTexts = Pick<TrainOptions, (typeof dataOptionKeys)[number]>;

/** The validation split of the tutorial. */
export const TUTORIAL_SPLIT = 0.2;

/** The default of `validationSplit`: the tutorial's split for data that has no test set. */
export function standardSplit(hasTestSet: boolean): number {
  return hasTestSet ? 0 : TUTORIAL_SPLIT;
}

export const presets: Readonly<Record<'notebook', Partial<TrainOptions>>> = {
  /** The tutorial's notebook as published. */
  notebook: {
    hidden: [10],
    batchSize: 'full',
    lr: 0.1,
    momentum: 0,
    epochs: 500,
    init: 'uniform',
    validationSplit: TUTORIAL_SPLIT,
  },
};
