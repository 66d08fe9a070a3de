import { availableParallelism } from 'node:os';
import { createNetwork, parameterCount } from '@micronn/core';
import type { Reporter, RunStart } from '../console/reporter.ts';
import { type Dataset, loadDataset, MNIST, splitForValidation } from '../data/dataset.ts';
import { fingerprint } from '../data/fingerprint.ts';
import { cacheFolder } from '../data/sample-cache.ts';
import { allPlaces, CLASSES } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { type EndedRun, writeReport } from '../report/write-report.ts';
import type { Checkpoint } from '../run-folder/checkpoint.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import { parametersSha256 } from '../run-folder/model-file.ts';
import { saveBestAsOnnx } from '../run-folder/model-formats.ts';
import {
  assertFree,
  continueRunFolder,
  createRunFolder,
  createTimedRunFolder,
} from '../run-folder/run-folder.ts';
import { lockRunFolder } from '../run-folder/run-lock.ts';
import type { SavedRun } from '../run-folder/saved-run.ts';
import type { BackendName, TrainedState } from '../training/backend.ts';
import type { TrainingPlan } from '../training/memory.ts';
import { createWorkerPool, type WorkerPool } from '../training/pool.ts';
import { BEGIN, type Position } from '../training/position.ts';
import { reasonOf } from '../training/survival.ts';
import {
  type EpochProgress,
  type EpochResult,
  evaluateSets,
  type SetEvaluations,
  type Training,
  trainNetwork,
} from '../training/train-network.ts';
import type { TrainOptions, TrainRequest } from './options.ts';
import { fromWhereTyped } from './paths.ts';

/** What `train` is made of; tests inject other parts. */
export interface TrainParts {
  readonly createPool: (threads: number, backend: BackendName) => WorkerPool;
  readonly writeReport: typeof writeReport;
}

export const productionParts: TrainParts = { createPool: createWorkerPool, writeReport };

/** A single CSV has no test set of its own: the tutorial's 80/20. */
const SPLIT_WITHOUT_TEST_SET = 0.2;

/** `micronn train`: data → parallel training → run folder. The one place that sees every stage. */
export async function train(
  request: TrainRequest,
  reporter: Reporter,
  signal: AbortSignal,
  parts: TrainParts = productionParts,
): Promise<void> {
  const begin = performance.now();
  const { options, saved } = request;
  if (!saved) await assertFree(options.out);
  // The threads start while the data is read.
  const pool = parts.createPool(options.threads, options.backend);
  try {
    await trainOnPool(pool, request, reporter, signal, begin, parts);
  } finally {
    await pool.close();
    await request.unlock?.();
  }
}

async function trainOnPool(
  pool: WorkerPool,
  { options, saved }: TrainRequest,
  reporter: Reporter,
  signal: AbortSignal,
  begin: number,
  parts: TrainParts,
): Promise<void> {
  const dataset = await loadDataset(options.data, options.testData, {
    workers: pool,
    cache: options.cache ? cacheFolder() : null,
    signal,
    warn: (code, message) => reporter.warning(code, message),
  });
  const data = describeData(dataset);
  if (saved) assertSameData(data, saved, options.data);
  const validationSplit = options.validationSplit ?? (dataset.test ? 0 : SPLIT_WITHOUT_TEST_SET);
  const split = splitForValidation(dataset.train.count, validationSplit, options.seed);
  if (options.earlyStop !== 'off' && split.validation.length === 0) {
    throw new MicronnError(
      'OPTION_CONFLICT',
      `--early-stop needs a part of the training data held back, as with --validation-split 0.1, got none: the test set is never used to choose`,
    );
  }
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
  const held = split.validation.length > 0 ? [{ samples: dataset.train, places: split.validation }] : [];
  const tested = dataset.test ? [{ samples: dataset.test, places: allPlaces(dataset.test) }] : [];
  const memory = await fitting(layers, () => {
    const { parameters } =
      saved?.checkpoint.state ?? createNetwork(layers, { seed: options.seed, init: options.init });
    return pool.allocate({
      plan,
      parameters,
      train: { samples: dataset.train, count: split.train.length },
      sets: [...held, ...tested],
    });
  });
  if (saved) pool.restore(memory, plan, saved.checkpoint.state);
  const position = saved?.checkpoint.position ?? BEGIN;
  const checkpointOf = (at: Position, state: TrainedState): Checkpoint => ({
    layers,
    state,
    position: at,
    configuration: config,
    data,
  });
  const first = checkpointOf(position, pool.readState(memory, plan));
  const runFolder = saved
    ? await continueRunFolder(saved.folder, first, saved.epochs, saved.keepBest)
    : out === undefined
      ? await createTimedRunFolder(fromWhereTyped('runs'), first)
      : await createRunFolder(out, first);
  // That of a run that goes on is locked since it was read.
  const unlock = saved ? undefined : await lockRunFolder(runFolder.folder);
  try {
    const start: RunStart = {
      config,
      layers,
      parameters: parameterCount(layers),
      threads: options.threads,
      shards: options.shards,
      trainSamples: split.train.length,
      validationSamples: split.validation.length,
      testSamples: dataset.test?.count ?? 0,
      runDir: runFolder.folder,
      ...(saved && { resumed: { epoch: position.epoch, step: position.step } }),
    };
    reporter.start(start);
    warnOfIdleThreads(options, reporter);

    let trainSeconds = (saved?.epochs ?? []).reduce((sum, { seconds }) => sum + seconds, 0);
    const training: Training = {
      pool,
      plan,
      memory,
      trainOrder: split.train,
      ...(held.length > 0 && { validation: 0 }),
      ...(tested.length > 0 && { test: held.length }),
      epochs: options.epochs,
      seed: options.seed,
      begin: position,
      ...(options.checkpointEvery !== 'off' && { checkpointEvery: options.checkpointEvery }),
      ...(options.earlyStop !== 'off' && { earlyStop: options.earlyStop }),
      maxRestarts: options.maxRestarts,
      signal,
      onProgress: (progress) =>
        reporter.progress(describeProgress(progress, options.epochs, split.train.length, trainSeconds)),
      onCheckpoint: (at, state) => runFolder.saveCheckpoint(checkpointOf(at, state)),
      async onEpoch(result, at, state, best) {
        trainSeconds += result.seconds;
        const metrics = metricsOf(result, split.train.length);
        await runFolder.saveEpoch(metrics, checkpointOf(at, state), best);
        reporter.epoch(metrics, options.epochs);
      },
      onRestart: (cause, epoch, step, restarts) =>
        reporter.warning('WORKER_DIED', describeRestart(cause, epoch, step, restarts, options.maxRestarts)),
    };
    const end = await trainNetwork(training).catch((error: unknown) => {
      throw withWhatIsLeft(error, runFolder.folder);
    });
    await saveBestAsOnnx(runFolder.folder, (code, message) => reporter.warning(code, message));
    // With no epoch, or only a part of one, there is no result yet: the network is measured as it stands.
    const measured = end.position.step === 0 ? end.sets : undefined;
    const sets = measured ?? (await evaluateSets(training));
    const trained = pool.readParameters(memory, plan);
    const sha256 = parametersSha256(trained);
    const name = dataset.test ? 'test' : 'validation';
    const set = memory.sets.at(-1);
    const ended: EndedRun = {
      start,
      network: { layers, parameters: trained },
      position: end.position,
      ending: end.kind,
      parametersSha256: sha256,
      ...(set && { evaluated: { name, set } }),
    };
    const report = await parts.writeReport(ended, (code, message) => reporter.warning(code, message));
    if (end.kind === 'interrupted') throw interrupted(end.position, runFolder.folder);
    const { epoch, best } = end.position;
    reporter.done({
      ...setMetrics(sets),
      epochs: epoch,
      ...(end.kind === 'stopped early' &&
        best && {
          stoppedEarly: {
            epochsWithoutBetter: epoch - best.epoch,
            bestEpoch: best.epoch,
            bestValidationLoss: best.loss,
          },
        }),
      trainSeconds,
      totalSeconds: (performance.now() - begin) / 1000,
      samplesPerSecond: rate(epoch * split.train.length, trainSeconds),
      parametersSha256: sha256,
      runDir: runFolder.folder,
      ...(report !== undefined && { report }),
    });
  } finally {
    await unlock?.();
  }
}

/** Says where to find what a run had come to when it diverged. */
function withWhatIsLeft(error: unknown, folder: string): unknown {
  if (!(error instanceof MicronnError) || error.code !== 'DIVERGED') return error;
  const sentence = `${error.sentence}; what was saved before is in ${folder}`;
  return new MicronnError('DIVERGED', sentence, error.place, { cause: error });
}

/** @throws MicronnError (exit code 2) when the machine, or WebAssembly's 4 GB, cannot hold the network */
async function fitting<Memory>(layers: readonly number[], allocate: () => Promise<Memory>): Promise<Memory> {
  try {
    return await allocate();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    // Core counts no more than an array holds.
    const count = layers.slice(1).reduce((sum, size, l) => sum + (layers[l]! + 1) * size, 0);
    throw new MicronnError(
      'OPTION_VALUE',
      `--hidden must be layer sizes whose network fits into memory, got one of ${count} parameters`,
      {},
      { cause },
    );
  }
}

/** What a run learns from and is tested on. */
function describeData({ train: training, test }: Dataset): string {
  return `${fingerprint(training)} to train, ${test ? fingerprint(test) : 'none'} to test`;
}

/** @throws MicronnError (exit code 3) when a run that goes on would learn from other data */
function assertSameData(data: string, { checkpoint, folder }: SavedRun, source: string): void {
  if (data === checkpoint.data) return;
  throw new MicronnError(
    'DATA_CHANGED',
    `expected the data that the run in ${folder} began with, ${checkpoint.data}, got ${data}`,
    source === MNIST ? {} : { file: source },
  );
}

function describeRestart(
  cause: MicronnError,
  epoch: number,
  step: number,
  restarts: number,
  maxRestarts: number,
): string {
  const where = step > 0 ? `epoch ${epoch} begins again after step ${step}` : `epoch ${epoch} begins again`;
  return `a worker ended (${reasonOf(cause)}); ${where}, restart ${restarts} of at most ${maxRestarts}`;
}

function interrupted({ epoch, step }: Position, folder: string): MicronnError {
  const where = step > 0 ? `in epoch ${epoch + 1} after step ${step}` : `after epoch ${epoch}`;
  return new MicronnError('INTERRUPTED', `interrupted ${where}; --resume ${folder} goes on from there`);
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
