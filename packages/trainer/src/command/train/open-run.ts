import { parameterCount } from '@micronn/core';
import type { Reporter, RunStart } from '../../console/reporter.ts';
import { createRunFolder, createTimedRunFolder } from '../../run-folder/create-run-folder.ts';
import { continueRunFolder, type RunFolder } from '../../run-folder/run-folder.ts';
import type { LockWaiting } from '../../run-folder/run-lock.ts';
import type { Warn } from '../../run-folder/saved-run.ts';
import { availableCores } from '../../training/cores.ts';
import type { TrainRequest } from '../options.ts';
import { fromWhereTyped } from '../paths.ts';
import type { TrainOptions } from '../train-options.ts';
import type { PlannedRun } from './plan-run.ts';

/** A planned run with its folder, which is locked; `train` releases the lock. */
export interface OpenRun extends PlannedRun {
  readonly options: TrainOptions;
  readonly start: RunStart;
  readonly folder: RunFolder;
  /** Seconds of training in earlier processes. */
  readonly secondsBefore: number;
  /** Epochs whose metrics, and so whose seconds, are lost. */
  readonly lostEpochs: number;
}

/**
 * Opens the run folder and reports the start of the run.
 *
 * @param signal interrupts the wait for the owner of a lock
 * @throws MicronnError (exit code 2) when the folder cannot be written, or another process is training in it
 */
export async function openRun(
  request: TrainRequest,
  run: PlannedRun,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenRun> {
  const { options, saved } = request;
  const warn: Warn = (code, message) => reporter.warning(code, message);
  const folder = await openFolder(request, run, { signal, warn });
  const start = describeRun(run, options, folder.folder, saved !== undefined);
  reporter.start(start);
  warnOfIdleThreads(options, reporter);
  const secondsBefore = (saved?.epochs ?? []).reduce((sum, { seconds }) => sum + seconds, 0);
  const lostEpochs = saved ? saved.checkpoint.position.epoch - saved.epochs.length : 0;
  return { ...run, options, start, folder, secondsBefore, lostEpochs };
}

function openFolder(
  { options, saved, lock }: TrainRequest,
  { initial }: PlannedRun,
  waiting: LockWaiting,
): Promise<RunFolder> {
  if (saved && lock) return continueRunFolder(saved.folder, initial, saved.epochs, saved.keepBest, lock);
  if (options.out === undefined) return createTimedRunFolder(fromWhereTyped('runs'), initial);
  return createRunFolder(options.out, initial, waiting);
}

function describeRun(
  { data, plan, position, config }: PlannedRun,
  { threads, shards }: TrainOptions,
  runDir: string,
  isResumed: boolean,
): RunStart {
  const { layers } = plan;
  const { dataset, split } = data;
  return {
    config,
    layers,
    parameters: parameterCount(layers),
    threads,
    shards,
    data: dataset.lines.train,
    ...(dataset.lines.test !== undefined && { testData: dataset.lines.test }),
    classes: dataset.form.classes.names,
    trainSamples: split.train.length,
    validationSamples: split.validation.length,
    testSamples: dataset.test?.count ?? 0,
    runDir,
    ...(isResumed && { resumed: { epoch: position.epoch, step: position.step } }),
  };
}

/** More threads than the machine or the shards can keep busy are allowed. */
function warnOfIdleThreads({ threads, shards }: TrainOptions, reporter: Reporter): void {
  const cores = availableCores();
  if (threads > cores) {
    reporter.warning(
      'MORE_THREADS_THAN_CORES',
      `only ${cores} of ${threads} threads train, one for each core: --threads ${Math.min(cores, shards)} is faster`,
    );
  } else if (threads > shards) {
    reporter.warning(
      'MORE_THREADS_THAN_SHARDS',
      `only ${shards} of ${threads} threads train, one for each shard: a larger --shards uses more threads, and can change the last bits of the result`,
    );
  }
}
