import { setTimeout } from 'node:timers/promises';
import { createNetwork, epochOrderInto, type Initialization } from '@micronn/core';
import { trainDefaults } from '../command/train-options.ts';
import { DIGIT_CLASSES } from '../data/mnist.ts';
import { allPlaces, type Samples } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { parametersSha256 } from '../run-folder/model-file.ts';
import type { BackendName } from '../training/backend.ts';
import type { ParallelStrategy, TrainingPlan } from '../training/memory.ts';
import { createWorkerPool } from '../training/pool.ts';
import { describeRunner, medianOf } from './bench-rows.ts';

/** A trainer that can be timed epoch by epoch: micronn, or a peer in a separate process. */
export interface Contender {
  readonly runner: string;
  readonly threads: number | null;
  /** The limit on timed rounds, for a contender whose epochs take seconds. */
  readonly mostRounds?: number;
  readonly note?: string;
  /** The strategy of micronn; left out for a peer. */
  readonly strategy?: ParallelStrategy;
  /** Trains one epoch and returns its milliseconds, without drawing the order of the samples. */
  epoch(): Promise<number>;
  /** The accuracy on the test set. */
  accuracy(): Promise<number>;
  sha256?(): string;
  close(): Promise<void>;
}

/** A network, its initialization and its training; the same for all contenders. */
export interface Task {
  readonly hidden: readonly number[];
  readonly init: Initialization;
  readonly batchSize: number | 'full';
  readonly learningRate: number;
  readonly seed: number;
  readonly train: Samples;
  readonly test: Samples;
}

/** Sizes of the layers, inputs first. */
export function layersOf({ train, hidden }: Pick<Task, 'train' | 'hidden'>): number[] {
  return [train.inputs, ...hidden, DIGIT_CLASSES];
}

export function describeTask(task: Task): string {
  const { batchSize } = task;
  return `${layersOf(task).join('-')}, ${batchSize === 'full' ? 'full batch' : `batch ${batchSize}`}`;
}

/** How micronn trains in a comparison. */
export interface MicronnOptions {
  readonly backend?: BackendName;
  readonly parallel?: ParallelStrategy;
}

/** The default strategy is not named in the tables. */
function runnerOf({ backend = 'wasm', parallel = 'data' }: MicronnOptions): string {
  return (
    ['micronn', ...(backend === 'wasm' ? [] : [`(${backend})`])].join(' ') +
    (parallel === 'data' ? '' : `, ${parallel}`)
  );
}

/** Micronn as `train` runs it: worker pool, shared memory, and order of the epoch from (seed, epoch). */
export async function openMicronn(
  task: Task,
  threads: number,
  { backend = 'wasm', parallel = 'data' }: MicronnOptions = {},
): Promise<Contender> {
  const { train, test, seed } = task;
  const layers = layersOf(task);
  const plan: TrainingPlan = {
    parallel,
    layers,
    batchSize: task.batchSize === 'full' ? train.count : task.batchSize,
    shards: trainDefaults.shards,
    learningRate: task.learningRate,
    momentum: 0,
  };
  const pool = createWorkerPool(threads, backend);
  const memory = await pool.allocate({
    plan,
    parameters: createNetwork(layers, { seed, init: task.init }).parameters,
    train: { samples: train, count: train.count },
    sets: [{ samples: test, places: allPlaces(test) }],
  });
  const places = allPlaces(train);
  let epoch = 0;
  return {
    runner: runnerOf({ backend, parallel }),
    strategy: parallel,
    threads,
    async epoch() {
      epoch++;
      epochOrderInto(memory.order, places, { batchSize: plan.batchSize, seed, epoch });
      const begin = performance.now();
      const steps = Math.ceil(memory.order.length / plan.batchSize);
      const end = await pool.runSteps(memory, plan, { epoch, from: 0, to: steps });
      const milliseconds = performance.now() - begin;
      if (end.kind !== 'done')
        throw failedCheck(`${describeTask(task)} to finish epoch ${epoch}`, `it ${end.kind}`);
      return milliseconds;
    },
    accuracy: async () => (await pool.evaluate(memory, plan, 0)).accuracy,
    sha256: () => parametersSha256(pool.readState(memory).parameters),
    close: () => pool.close(),
  };
}

/**
 * Independent trainings of one thread each, at the same time. They never wait for each other, so their combined rate is
 * the upper bound for training on so many threads. The milliseconds are the time per epoch at that combined rate.
 */
export async function openTrainings(
  task: Task,
  trainings: number,
  options: MicronnOptions = {},
): Promise<Contender> {
  const all = await Promise.all(Array.from({ length: trainings }, () => openMicronn(task, 1, options)));
  return {
    runner: `${runnerOf(options)}, ${trainings} trainings at once`,
    ...(options.parallel && { strategy: options.parallel }),
    threads: null,
    async epoch() {
      const times = await Promise.all(all.map((training) => training.epoch()));
      return 1 / times.reduce((rate, milliseconds) => rate + 1 / milliseconds, 0);
    },
    accuracy: () => all[0]!.accuracy(),
    sha256: () => assertSameBits(task, all),
    async close() {
      await Promise.all(all.map((training) => training.close()));
    },
  };
}

/**
 * The SHA-256 of the parameters of micronn on several numbers of threads, after the same number of epochs.
 *
 * @throws MicronnError when the parameters differ
 */
export function assertSameBits(task: Task, contenders: readonly Contender[]): string {
  const hashes = contenders.map((contender) => contender.sha256!());
  const other = hashes.findIndex((hash) => hash !== hashes[0]);
  if (other > 0) {
    const [one, another] = [contenders[0]!, contenders[other]!].map(describeRunner);
    throw failedCheck(
      `${describeTask(task)} to give the same parameters: ${one}; ${another}`,
      `${hashes[0]} and ${hashes[other]}`,
    );
  }
  return hashes[0]!;
}

/** BLAS threads spin for some tens of milliseconds after their work, on cores that the next contender needs. */
const PAUSE_MILLISECONDS = 100;

/**
 * The number of epochs timed in a row. An epoch of the tutorial's network is so short that any disturbance dominates it,
 * and the speed of a shared machine varies. The number is the same for all contenders, so that those that must agree to
 * the last bit train equally long.
 */
export function epochsAtOnce({ hidden }: Task): number {
  const widest = Math.max(...hidden);
  if (widest <= 16) return 24;
  return widest <= 128 ? 6 : 1;
}

/**
 * Milliseconds of so many epochs in the steady state of a run: after a pause, in which the threads of the previous
 * contender go to sleep, and after an untimed epoch, which wakes this contender's threads and fills the caches. Where an
 * epoch takes seconds, only the pause applies, and one epoch is timed.
 */
export async function timeEpochs(contender: Contender, epochs: number): Promise<number[]> {
  await setTimeout(PAUSE_MILLISECONDS);
  if (contender.mostRounds !== undefined) return [await contender.epoch()];
  await contender.epoch();
  const times: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) times.push(await contender.epoch());
  return times;
}

/** The median of each round of epochs, and the fastest epoch of all rounds. */
export function toEpochTimes(rounds: readonly (readonly number[])[]): { rounds: number[]; best: number } {
  return { rounds: rounds.map(medianOf), best: Math.min(...rounds.flat()) };
}

/** The error for a wrong result: a time only counts for a correct result. */
export function failedCheck(expected: string, got: string): MicronnError {
  return new MicronnError('UNEXPECTED', `bench: expected ${expected}, got ${got}`);
}

/**
 * Times every runner once per round, in turn, so that other load on the machine affects all runners alike. Each round
 * starts with another runner. A runner takes part in the first `roundsOf` rounds only.
 */
export async function takeTurns<Runner, Time>(
  runners: readonly Runner[],
  rounds: number,
  time: (runner: Runner) => Promise<Time>,
  signal: AbortSignal,
  roundsOf: (runner: Runner) => number = () => rounds,
): Promise<Map<Runner, Time[]>> {
  const times = new Map<Runner, Time[]>(runners.map((runner) => [runner, []]));
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < runners.length; k++) {
      const runner = runners[(k + round) % runners.length]!;
      if (round >= roundsOf(runner)) continue;
      throwIfInterrupted(signal);
      times.get(runner)!.push(await time(runner));
    }
  }
  return times;
}

export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new MicronnError('INTERRUPTED', 'interrupted; nothing of the benchmark is saved');
}

/** The first samples of a set, as a separate set. */
export function firstSamples({ images, labels, inputs }: Samples, count: number): Samples {
  return { count, inputs, images: images.subarray(0, count * inputs), labels: labels.subarray(0, count) };
}
