import { MicronnError } from '../errors.ts';
import type { TrainedState } from './backend.ts';
import { type RunMemory, STEPS_DONE, type TrainingPlan } from './memory.ts';
import type { Evaluation, WorkerPool } from './pool.ts';
import { nextEpoch, type Position } from './position.ts';
import { createSaving, type Saving } from './saving.ts';
import { createSurvival, type Survival } from './survival.ts';

/** Evaluations of the current network on the sets that it does not train on. */
export interface SetEvaluations {
  readonly validation?: Evaluation;
  readonly test?: Evaluation;
}

/** The results of one epoch. */
export interface EpochResult extends SetEvaluations {
  readonly epoch: number;
  readonly train: Evaluation;
  /** The duration of training, without evaluation. */
  readonly seconds: number;
}

/** The progress of a running epoch. */
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
  /** Indices of the training samples. */
  readonly trainOrder: Uint32Array;
  /** The indices of the validation and the test set among the memory's sets. */
  readonly validation?: number;
  readonly test?: number;
  readonly epochs: number;
  readonly seed: number;
  /** The position of the parameters in the memory. */
  readonly begin: Position;
  /** Steps between two checkpoints of an epoch. */
  readonly checkpointEvery?: number;
  /** Ends the run after so many epochs without a lower validation loss. */
  readonly earlyStop?: number;
  /** How often work may be repeated because a worker died. */
  readonly maxRestarts: number;
  /**
   * Whether an epoch is saved while the next one trains. Where every core trains, the save would take time slices from
   * threads that then delay each other.
   */
  readonly savesBeside: boolean;
  /** Interrupts the run after the current step, for example on Ctrl-C. */
  readonly signal: AbortSignal;
  onProgress(progress: EpochProgress): void;
  /** Called within an epoch: every `checkpointEvery` steps, and when the run is interrupted. */
  onCheckpoint(position: Position, state: TrainedState): Promise<void>;
  /**
   * Called at the end of an epoch, with its state, and whether it is the best epoch so far. The next epoch trains
   * meanwhile; nothing else is called before the promise resolves, except `onProgress`.
   */
  onEpoch(result: EpochResult, position: Position, state: TrainedState, best: boolean): Promise<void>;
  /** Called before work is repeated, with the cause and the number of restarts so far. */
  onRestart(cause: MicronnError, epoch: number, step: number, restarts: number): void;
}

/** How a run ended. */
export interface TrainingEnd {
  readonly kind: 'done' | 'stopped early' | 'interrupted';
  readonly position: Position;
  /** Evaluations after the last epoch; absent if no epoch was completed. */
  readonly sets?: SetEvaluations;
}

const PROGRESS_MILLISECONDS = 100;

/**
 * Trains from a position on, epoch by epoch. The order of an epoch depends on (seed, epoch) alone, so position,
 * parameters and velocity are the complete state of the run. An epoch is saved while the next one trains; if that
 * fails, training stops after the current step.
 *
 * @throws MicronnError when training diverges (exit code 4), or workers die too often (exit code 5); the error of
 *   `onEpoch` or `onCheckpoint`
 */
export async function trainNetwork(training: Training): Promise<TrainingEnd> {
  const saving = createSaving();
  try {
    return await trainEpochs(training, saving);
  } finally {
    await saving.end();
  }
}

async function trainEpochs(training: Training, saving: Saving): Promise<TrainingEnd> {
  const { pool, plan, memory, trainOrder, epochs, seed, signal } = training;
  const steps = Math.ceil(trainOrder.length / plan.batchSize);
  const stop = AbortSignal.any([signal, saving.failed]);
  const survival = createSurvival(training.maxRestarts, async (...restart) => {
    await saving.end();
    training.onRestart(...restart);
  });
  let position = training.begin;
  let state = pool.readState(memory);
  let sets: SetEvaluations | undefined;
  const end = (kind: TrainingEnd['kind']): TrainingEnd => ({ kind, position, ...(sets && { sets }) });

  while (position.epoch < epochs) {
    if (signal.aborted) return end('interrupted');
    if (isExhausted(position, training.earlyStop)) return end('stopped early');
    const epoch = position.epoch + 1;
    pool.orderEpoch(memory, trainOrder, { batchSize: plan.batchSize, seed, epoch });

    while (position.step < steps) {
      position = await runPart({ ...training, signal: stop }, survival, position, state, steps);
      // Before the state is read: there are at most two in memory.
      await saving.end();
      state = pool.readState(memory);
      if (position.step === steps) break;
      // Parameters that are not finite are never saved; only the loss of the next minibatch would reveal them.
      assertFinite(state, plan, epoch, `after step ${position.step}`);
      await training.onCheckpoint(position, state);
      if (signal.aborted) return end('interrupted');
    }

    const train = {
      loss: position.lossSum / trainOrder.length,
      accuracy: position.hits / trainOrder.length,
    };
    sets = await survival(epoch, steps, () => evaluateSets(training));
    // No minibatch follows the last step of an epoch whose loss would reveal that it diverged.
    assertFinite(state, plan, epoch, 'after its last step', sets);
    const result: EpochResult = { epoch, train, ...sets, seconds: position.seconds };
    const loss = (sets.validation ?? train).loss;
    const best = position.best === undefined || loss < position.best.loss;
    position = nextEpoch(position, best ? { epoch, loss } : position.best);
    saving.begin(training.onEpoch(result, position, state, best));
    if (!training.savesBeside) await saving.end();
  }
  if (signal.aborted) return end('interrupted');
  return end(isExhausted(position, training.earlyStop) && position.epoch < epochs ? 'stopped early' : 'done');
}

/** Whether `earlyStop` epochs have passed since the best one. */
function isExhausted({ epoch, best }: Position, earlyStop: number | undefined): boolean {
  return earlyStop !== undefined && best !== undefined && epoch - best.epoch >= earlyStop;
}

/** Loss and accuracy on the validation and the test set, if they exist. */
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

function assertFinite(
  { parameters, velocity }: TrainedState,
  plan: TrainingPlan,
  epoch: number,
  where: string,
  { validation, test }: SetEvaluations = {},
): void {
  const losses = [validation?.loss ?? 0, test?.loss ?? 0];
  if (![parameters, velocity, losses].every((numbers) => numbers.every(Number.isFinite)))
    throw diverged(plan, epoch, where, 'the parameters are');
}

function diverged({ learningRate }: TrainingPlan, epoch: number, where: string, what: string): MicronnError {
  return new MicronnError(
    'DIVERGED',
    `training diverged in epoch ${epoch} ${where}: ${what} not finite; lower --lr, now ${learningRate}`,
  );
}

/** Runs the steps up to the next checkpoint or the end of the epoch, and returns the new position. */
async function runPart(
  training: Training,
  survival: Survival,
  position: Position,
  state: TrainedState,
  steps: number,
): Promise<Position> {
  const { pool, plan, memory, signal, checkpointEvery = steps } = training;
  const epoch = position.epoch + 1;
  const from = position.step;
  // Counted from the start of the epoch, so that a resumed run saves after the same steps.
  const to = Math.min(steps, from - (from % checkpointEvery) + checkpointEvery);
  let begin = performance.now();
  const elapsed = (): number => position.seconds + (performance.now() - begin) / 1000;
  const watch = setInterval(() => {
    const stepsDone = Atomics.load(memory.control, STEPS_DONE);
    const seen = Math.min(stepsDone * plan.batchSize, memory.order.length);
    if (seen === 0) return;
    // The totals may be a step ahead of the count: they only serve as progress.
    training.onProgress({
      epoch,
      stepsDone,
      steps,
      loss: memory.totals[0]! / seen,
      accuracy: memory.totals[1]! / seen,
      seconds: elapsed(),
    });
  }, PROGRESS_MILLISECONDS);
  const stop = (): void => pool.stop(memory);
  signal.addEventListener('abort', stop);
  try {
    const end = await survival(
      epoch,
      from,
      () => {
        // Also discards what a dead worker added.
        memory.totals[0] = position.lossSum;
        memory.totals[1] = position.hits;
        begin = performance.now();
        const running = pool.runSteps(memory, plan, { epoch, from, to });
        // The signal may have aborted before runSteps reset the stop request.
        if (signal.aborted) stop();
        return running;
      },
      () => pool.restore(memory, state),
    );
    if (end.kind === 'diverged') throw diverged(plan, epoch, `at step ${end.step}`, 'the loss is');
    const [lossSum, hits] = [memory.totals[0]!, memory.totals[1]!];
    return { ...position, step: end.kind === 'stopped' ? end.step : to, lossSum, hits, seconds: elapsed() };
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
  }
}
