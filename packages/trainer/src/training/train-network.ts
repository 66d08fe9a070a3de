import { createRandomStream, type Network, shuffle } from '@micronn/core';
import { MicronnError } from '../errors.ts';
import { abortBarrier } from './barrier.ts';
import { type RunMemory, STEPS_DONE, type TrainingPlan } from './memory.ts';
import type { Evaluation, WorkerPool } from './pool.ts';

/** What the sets that are not trained on say of the network as it stands. */
export interface SetEvaluations {
  readonly validation?: Evaluation;
  readonly test?: Evaluation;
}

/** Numbers of one epoch, before they are written anywhere. */
export interface EpochResult extends SetEvaluations {
  readonly epoch: number;
  readonly train: Evaluation;
  /** Of gradient work and steps. */
  readonly seconds: number;
}

/** How far an epoch has come while it runs. */
export interface EpochProgress {
  readonly epoch: number;
  readonly stepsDone: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly seconds: number;
}

export interface Training {
  readonly pool: WorkerPool;
  readonly plan: TrainingPlan;
  readonly memory: RunMemory;
  /** Places of the training samples, in the order that every epoch shuffles anew. */
  readonly trainOrder: Uint32Array;
  /** Which of the memory's sets validates and which tests. */
  readonly validation?: number;
  readonly test?: number;
  readonly epochs: number;
  readonly seed: number;
  /** Ends the run from outside, for example on Ctrl-C. */
  readonly signal: AbortSignal;
  onProgress(progress: EpochProgress): void;
  /** Called when an epoch is over, with the network as it stands. */
  onEpoch(result: EpochResult, network: Network): Promise<void>;
}

const PROGRESS_MILLISECONDS = 100;

/**
 * Trains epoch by epoch. An epoch's order depends on (seed, epoch) alone.
 *
 * @throws MicronnError when it diverges, is interrupted, or a worker dies
 */
export async function trainNetwork(training: Training): Promise<void> {
  const { pool, plan, memory, trainOrder, epochs, seed, signal } = training;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (signal.aborted) throw interrupted(epoch);
    memory.order.set(trainOrder);
    shuffle(memory.order, createRandomStream(seed, 'permutation', epoch));
    const seconds = await runEpoch(training, epoch);
    const train = {
      loss: memory.totals[0]! / trainOrder.length,
      accuracy: memory.totals[1]! / trainOrder.length,
    };
    const sets = await evaluateSets(training);
    // The last step of an epoch has no minibatch after it that would show where it led.
    const network: Network = { layers: plan.layers, parameters: pool.readParameters(memory, plan) };
    if (!network.parameters.every(Number.isFinite)) throw diverged(plan, epoch, 'after its last step');
    await training.onEpoch({ epoch, train, ...sets, seconds }, network);
  }
}

/** Loss and accuracy of the validation and the test set, where there are such. */
export async function evaluateSets({
  pool,
  plan,
  memory,
  validation,
  test,
}: Training): Promise<SetEvaluations> {
  const evaluate = (set: number) => pool.evaluate(memory, plan, set);
  return {
    ...(validation !== undefined && { validation: await evaluate(validation) }),
    ...(test !== undefined && { test: await evaluate(test) }),
  };
}

function diverged({ learningRate }: TrainingPlan, epoch: number, where: string): MicronnError {
  return new MicronnError(
    'DIVERGED',
    `expected finite numbers, got others in epoch ${epoch} ${where}, with learning rate ${learningRate}: try a smaller --lr`,
  );
}

/** One epoch on the pool, watched; gives its seconds. */
async function runEpoch(training: Training, epoch: number): Promise<number> {
  const { pool, plan, memory, signal } = training;
  const steps = Math.ceil(memory.order.length / plan.batchSize);
  const begin = performance.now();
  const elapsed = (): number => (performance.now() - begin) / 1000;
  const watch = setInterval(() => {
    const stepsDone = Atomics.load(memory.control, STEPS_DONE);
    const seen = Math.min(stepsDone * plan.batchSize, memory.order.length);
    if (seen === 0) return;
    // The totals may be a step ahead of the count: they are for the eye only.
    training.onProgress({
      epoch,
      stepsDone,
      steps,
      loss: memory.totals[0]! / seen,
      accuracy: memory.totals[1]! / seen,
      seconds: elapsed(),
    });
  }, PROGRESS_MILLISECONDS);
  const stop = (): void => abortBarrier(memory.control);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await pool.runEpoch(memory, plan);
    switch (end.kind) {
      case 'done':
        return elapsed();
      case 'aborted':
        throw interrupted(epoch);
      case 'diverged':
        throw diverged(plan, epoch, `at step ${end.step}`);
    }
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
  }
}

function interrupted(epoch: number): MicronnError {
  return new MicronnError(
    'INTERRUPTED',
    `interrupted in epoch ${epoch}; the model of the epoch before it is saved`,
  );
}
