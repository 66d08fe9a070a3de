import { availableParallelism } from 'node:os';
import { createNetwork, parameterCount } from '@micronn/core';
import type { Reporter } from '../console/reporter.ts';
import { loadDataset, splitForValidation } from '../data/dataset.ts';
import { allPlaces, CLASSES } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { parametersSha256 } from '../run-folder/model-file.ts';
import { assertFree, createRunFolder, type EpochMetrics, nameByTime } from '../run-folder/run-folder.ts';
import type { TrainingPlan } from '../training/memory.ts';
import { createWorkerPool, type WorkerPool } from '../training/pool.ts';
import { BEGIN } from '../training/position.ts';
import {
  type EpochProgress,
  type EpochResult,
  evaluateSets,
  type SetEvaluations,
  type Training,
  trainNetwork,
} from '../training/train-network.ts';
import type { TrainOptions } from './options.ts';
import { fromWhereTyped } from './paths.ts';

/** A single CSV has no test set of its own: the tutorial's 80/20. */
const SPLIT_WITHOUT_TEST_SET = 0.2;

/** `micronn train`: data → parallel training → run folder. The one place that sees every stage. */
export async function train(options: TrainOptions, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const begin = performance.now();
  await assertFree(options.out);
  // The threads start while the data is read.
  const pool = createWorkerPool(options.threads, options.backend);
  try {
    await trainOnPool(pool, options, reporter, signal, begin);
  } finally {
    await pool.close();
  }
}

async function trainOnPool(
  pool: WorkerPool,
  options: TrainOptions,
  reporter: Reporter,
  signal: AbortSignal,
  begin: number,
): Promise<void> {
  const dataset = await loadDataset(options.data, options.testData, {
    workers: pool,
    cache: options.cache,
    signal,
    warn: (code, message) => reporter.warning(code, message),
  });
  const validationSplit = options.validationSplit ?? (dataset.test ? 0 : SPLIT_WITHOUT_TEST_SET);
  const split = splitForValidation(dataset.train.count, validationSplit, options.seed);
  const layers = [dataset.train.inputs, ...options.hidden, CLASSES];
  const plan: TrainingPlan = {
    layers,
    batchSize: options.batchSize === 'full' ? split.train.length : options.batchSize,
    shards: options.shards,
    learningRate: options.lr,
    momentum: options.momentum,
  };
  const { out, ...kept } = options;
  const config = { ...kept, validationSplit };
  const initial = createNetwork(layers, { seed: options.seed, init: options.init });
  const held = split.validation.length > 0 ? [{ samples: dataset.train, places: split.validation }] : [];
  const tested = dataset.test ? [{ samples: dataset.test, places: allPlaces(dataset.test) }] : [];
  const memory = await pool.allocate({
    plan,
    parameters: initial.parameters,
    train: { samples: dataset.train, count: split.train.length },
    sets: [...held, ...tested],
  });
  const runFolder = await createRunFolder(out ?? (await nameByTime(fromWhereTyped('runs'))), config, initial);
  reporter.start({
    config,
    layers,
    parameters: parameterCount(layers),
    threads: options.threads,
    shards: options.shards,
    trainSamples: split.train.length,
    validationSamples: split.validation.length,
    testSamples: dataset.test?.count ?? 0,
    runDir: runFolder.folder,
  });
  warnOfIdleThreads(options, reporter);

  let last: SetEvaluations = {};
  let trainSeconds = 0;
  const training: Training = {
    pool,
    plan,
    memory,
    trainOrder: split.train,
    ...(held.length > 0 && { validation: 0 }),
    ...(tested.length > 0 && { test: held.length }),
    epochs: options.epochs,
    seed: options.seed,
    begin: BEGIN,
    maxRestarts: 3,
    signal,
    onCheckpoint: async () => undefined,
    onRestart: () => undefined,
    onProgress: (progress) =>
      reporter.progress(describeProgress(progress, options.epochs, split.train.length, trainSeconds)),
    async onEpoch(result, _position, { parameters }) {
      last = result;
      trainSeconds += result.seconds;
      const metrics = metricsOf(result, split.train.length);
      await runFolder.saveEpoch(metrics, { layers, parameters });
      reporter.epoch(metrics, options.epochs);
    },
  };
  const end = await trainNetwork(training);
  if (end.kind === 'interrupted')
    throw new MicronnError('INTERRUPTED', `interrupted in epoch ${end.position.epoch + 1}`);
  // With no epoch there is no result yet: the initial network is measured all the same.
  if (options.epochs === 0) last = await evaluateSets(training);
  reporter.done({
    ...setMetrics(last),
    epochs: options.epochs,
    trainSeconds,
    totalSeconds: (performance.now() - begin) / 1000,
    samplesPerSecond: rate(options.epochs * split.train.length, trainSeconds),
    parametersSha256: parametersSha256(pool.readParameters(memory, plan)),
    runDir: runFolder.folder,
  });
}

/** More threads than the machine or the shards can keep busy are allowed, and said. */
function warnOfIdleThreads({ threads, shards }: TrainOptions, reporter: Reporter): void {
  const cores = availableParallelism();
  if (threads > cores) {
    reporter.warning(
      'MORE_THREADS_THAN_CORES',
      `${threads} threads on ${cores} cores wait for each other: --threads ${cores} is faster`,
    );
  } else if (threads > shards) {
    reporter.warning(
      'MORE_THREADS_THAN_SHARDS',
      `${threads} threads for ${shards} shards: only ${shards} of them train; a larger --shards uses more, and can change the last bits`,
    );
  }
}

function metricsOf(result: EpochResult, samples: number): EpochMetrics {
  return {
    epoch: result.epoch,
    trainLoss: result.train.loss,
    trainAccuracy: result.train.accuracy,
    ...setMetrics(result),
    seconds: result.seconds,
    samplesPerSecond: rate(samples, result.seconds),
  };
}

function setMetrics({
  validation,
  test,
}: SetEvaluations): Pick<
  EpochMetrics,
  'validationLoss' | 'validationAccuracy' | 'testLoss' | 'testAccuracy'
> {
  return {
    ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
    ...(test && { testLoss: test.loss, testAccuracy: test.accuracy }),
  };
}

function describeProgress(
  { epoch, stepsDone, steps, loss, accuracy, seconds }: EpochProgress,
  epochs: number,
  samples: number,
  before: number,
) {
  const share = stepsDone / steps;
  const secondsLeft = ((before + seconds) / (epoch - 1 + share)) * (epochs - epoch + 1 - share);
  return {
    epoch,
    epochs,
    share,
    loss,
    accuracy,
    samplesPerSecond: rate(share * samples, seconds),
    secondsLeft,
  };
}

function rate(samples: number, seconds: number): number {
  return seconds === 0 ? 0 : Math.round(samples / seconds);
}
