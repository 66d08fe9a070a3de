import { createHash } from 'node:crypto';
import { accuracy, createNetwork, parameterBytes, predict, scalePixels } from '@micronn/core';
import { createKernelTraining } from '@micronn/core/kernels';
import { subsetCounts, unpackedSubset } from '../../build/mnist-subset.ts';
import { splitDigits } from './digits.ts';
import { type RunSettings, SHARDS, startSettings } from './run-settings.ts';

/** The result of the page's run, trained by core in Node. */
export interface PageRun {
  readonly settings: RunSettings;
  readonly steps: number;
  readonly testAccuracy: number;
  /** Number of digits that the network never predicts for a test image. */
  readonly neverRead: number;
  readonly parametersSha256: string;
}

let known: Promise<PageRun> | undefined;
let knownOneNeuron: Promise<PageRun> | undefined;

/** The run of the training page with its initial settings. The page must produce the same bits. */
export function pageRun(): Promise<PageRun> {
  known ??= trainPageRun(startSettings);
  return known;
}

/** The run with one hidden neuron, which the page suggests to try. */
export function oneNeuronRun(): Promise<PageRun> {
  knownOneNeuron ??= trainPageRun({ ...startSettings, hidden: 1 });
  return knownOneNeuron;
}

async function trainPageRun(settings: RunSettings): Promise<PageRun> {
  const { train, test } = splitDigits(unpackedSubset(), subsetCounts.train);
  const { seed, init, hidden, batchSize, learningRate, epochs } = settings;
  const training = await createKernelTraining({
    ...train,
    network: createNetwork([784, hidden, 10], { seed, init }),
    seed,
    batchSize,
    learningRate,
    shards: SHARDS,
    momentum: 0,
  });
  for (let epoch = 0; epoch < epochs; epoch++) training.trainEpoch();
  const network = training.network();
  const predictions = predict(network, scalePixels(test.images));
  return {
    settings,
    steps: epochs * Math.ceil(train.labels.length / batchSize),
    testAccuracy: accuracy(predictions, test.labels),
    neverRead: 10 - new Set(predictions).size,
    parametersSha256: createHash('sha256').update(parameterBytes(network.parameters)).digest('hex'),
  };
}
