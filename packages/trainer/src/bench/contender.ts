import { setTimeout } from 'node:timers/promises';
import { createNetwork, epochOrderInto, type Initialization } from '@micronn/core';
import { trainDefaults } from '../command/train-options.ts';
import { allPlaces, CLASSES, type Samples } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { parametersSha256 } from '../run-folder/model-file.ts';
import type { BackendName } from '../training/backend.ts';
import type { TrainingPlan } from '../training/memory.ts';
import { createWorkerPool } from '../training/pool.ts';
import { describeRunner, medianOf } from './bench-rows.ts';

/** Whoever trains one epoch after another and can be timed at it: micronn, or a peer in a process of its own. */
export interface Contender {
  readonly runner: string;
  readonly threads: number | null;
  /** Timed in no more rounds than this, where an epoch takes seconds. */
  readonly mostRounds?: number;
  readonly note?: string;
  /** Trains one epoch; gives the milliseconds of gradient work and steps, without drawing the epoch's order. */
  epoch(): Promise<number>;
  /** On the test set. */
  accuracy(): Promise<number>;
  sha256?(): string;
  close(): Promise<void>;
}

/** A network, how it starts and how it learns; the same for all that are compared. */
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
  return [train.inputs, ...hidden, CLASSES];
}

export function describeTask(task: Task): string {
  const { batchSize } = task;
  return `${layersOf(task).join('-')}, ${batchSize === 'full' ? 'full batch' : `batch ${batchSize}`}`;
}

/** Micronn as `train` runs it: the pool, the shared memory, the epoch's order from (seed, epoch). */
export async function openMicronn(task: Task, threads: number, backend: BackendName): Promise<Contender> {
  const { train, test, seed } = task;
  const layers = layersOf(task);
  const plan: TrainingPlan = {
    parallel: trainDefaults.parallel,
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
    runner: backend === 'wasm' ? 'micronn' : `micronn (${backend})`,
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
 * Trainings of one thread each, at the same time, that never wait for each other: what the machine itself gives so many
 * threads, and so the most that training on them could gain. Its milliseconds are those of an epoch at the rate at which
 * all of them together train epochs.
 */
export async function openTrainings(task: Task, trainings: number, backend: BackendName): Promise<Contender> {
  const all = await Promise.all(Array.from({ length: trainings }, () => openMicronn(task, 1, backend)));
  return {
    runner: `micronn, ${trainings} trainings at once`,
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
 * The SHA-256 of the parameters of micronn on several numbers of threads, after as many epochs each.
 *
 * @throws MicronnError when they are not the same to the last bit
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

/** BLAS threads spin for some tens of milliseconds after their work, on a core that the next one needs. */
const PAUSE_MILLISECONDS = 100;

/**
 * How many epochs are timed at once: of the tutorial's network one is over in a blink, in which anything may come
 * between, and a machine that others use too is slow for a while and then fast again. The same number for everybody, so
 * that all who must end with the same bits do.
 */
export function epochsAtOnce({ hidden }: Task): number {
  const widest = Math.max(...hidden);
  if (widest <= 16) return 24;
  return widest <= 128 ? 6 : 1;
}

/**
 * Milliseconds of so many epochs as they are in the middle of a run: after a pause in which the threads of whoever came
 * before go to sleep, and after an epoch that is not timed, which brings this one's threads and data back. Where an epoch
 * takes seconds, all that would change nothing and is left out, and one is timed.
 */
export async function timeEpochs(contender: Contender, epochs: number): Promise<number[]> {
  await setTimeout(PAUSE_MILLISECONDS);
  if (contender.mostRounds !== undefined) return [await contender.epoch()];
  await contender.epoch();
  const times: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) times.push(await contender.epoch());
  return times;
}

/** What rounds of epochs say: of each round the median, and the fastest epoch of all. */
export function toEpochTimes(rounds: readonly (readonly number[])[]): { rounds: number[]; best: number } {
  return { rounds: rounds.map(medianOf), best: Math.min(...rounds.flat()) };
}

/** A result that must hold before its time means anything. */
export function failedCheck(expected: string, got: string): MicronnError {
  return new MicronnError('UNEXPECTED', `bench: expected ${expected}, got ${got}`);
}

/**
 * Times every runner once a round, in turn, so that what else the machine does meets them all alike; who goes first
 * moves on from round to round. Those for which `roundsOf` is smaller sit out the later rounds.
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

/** The first samples of a set, in a set of their own. */
export function firstSamples({ images, labels, inputs }: Samples, count: number): Samples {
  return { count, inputs, images: images.subarray(0, count * inputs), labels: labels.subarray(0, count) };
}
