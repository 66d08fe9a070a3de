import type { Reporter } from '../../console/reporter.ts';
import { MicronnError } from '../../errors.ts';
import type { Checkpoint } from '../../run-folder/checkpoint.ts';
import type { TrainedState } from '../../training/backend.ts';
import { availableCores } from '../../training/cores.ts';
import type { WorkerPool } from '../../training/pool.ts';
import type { Position } from '../../training/position.ts';
import { reasonOf } from '../../training/survival.ts';
import {
  evaluateSets,
  type SetEvaluations,
  type Training,
  type TrainingEnd,
  trainNetwork,
} from '../../training/train-network.ts';
import { epochMetrics, progressOf } from './metrics.ts';
import type { OpenRun } from './open-run.ts';

/** How training ended. */
export interface RunOutcome {
  readonly end: TrainingEnd;
  /** Loss and accuracy of the network at the end. */
  readonly sets: SetEvaluations;
  /** Of this and earlier processes. */
  readonly trainSeconds: number;
}

/**
 * Trains to the end of the run, saving every epoch and checkpoint.
 *
 * @throws MicronnError when training diverges (exit code 4) or workers die too often (exit code 5)
 */
export async function trainRun(
  run: OpenRun,
  pool: WorkerPool,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { options, folder, data } = run;
  const { epochs, maxRestarts } = options;
  const samples = data.split.train.length;
  let trainSeconds = run.secondsBefore;
  const checkpointOf = (position: Position, state: TrainedState): Checkpoint => ({
    ...run.initial,
    position,
    state,
  });
  const training: Training = {
    ...trainingOf(run, pool),
    signal,
    onProgress: (progress) => reporter.progress(progressOf(progress, epochs, samples, trainSeconds)),
    onCheckpoint: (position, state) => folder.saveCheckpoint(checkpointOf(position, state)),
    async onEpoch(result, position, state, best) {
      trainSeconds += result.seconds;
      const metrics = epochMetrics(result, samples);
      await folder.saveEpoch(metrics, checkpointOf(position, state), best);
      reporter.epoch(metrics, epochs);
    },
    onRestart: (cause, ...where) =>
      reporter.warning('WORKER_DIED', describeRestart(cause, ...where, maxRestarts)),
  };
  const end = await trainNetwork(training).catch((error: unknown) => {
    throw withFolder(error, folder.folder);
  });
  // Without a complete epoch in this process there is no evaluation yet of the network at the end.
  const measured = end.position.step === 0 ? end.sets : undefined;
  return { end, sets: measured ?? (await evaluateSets(training)), trainSeconds };
}

/** The part of the training that does not change while it runs. */
function trainingOf({ options, data, plan, memory, position }: OpenRun, pool: WorkerPool) {
  const { checkpointEvery, earlyStop } = options;
  const { dataset, split } = data;
  const validates = split.validation.length > 0;
  return {
    pool,
    plan,
    memory,
    trainOrder: split.train,
    ...(validates && { validation: 0 }),
    ...(dataset.test && { test: validates ? 1 : 0 }),
    epochs: options.epochs,
    seed: options.seed,
    begin: position,
    ...(checkpointEvery !== 'off' && { checkpointEvery }),
    ...(earlyStop !== 'off' && { earlyStop }),
    maxRestarts: options.maxRestarts,
    savesBeside: pool.threads < availableCores(),
  };
}

/** Adds to the error of a diverged run where its earlier results are. */
function withFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof MicronnError) || error.code !== 'DIVERGED') return error;
  const sentence = `${error.sentence}; earlier results are in ${folder}`;
  return new MicronnError('DIVERGED', sentence, error.place, { cause: error });
}

function describeRestart(
  cause: MicronnError,
  epoch: number,
  step: number,
  restarts: number,
  maxRestarts: number,
): string {
  const where = step > 0 ? `epoch ${epoch}, after step ${step}` : `the start of epoch ${epoch}`;
  return `a worker died (${reasonOf(cause)}): training restarts from ${where}, restart ${restarts} of at most ${maxRestarts}`;
}
