import { parallelStrategies } from '@micronn/core/kernels';
import type { BackendName } from '../training/backend.ts';
import { type BenchRow, comparedToFirst, comparedToSame, timesAsFast, toRow } from './bench-rows.ts';
import {
  assertSameBits,
  describeTask,
  epochsAtOnce,
  failedCheck,
  openMicronn,
  openTrainings,
  type Task,
  takeTurns,
  timeEpochs,
  toEpochTimes,
} from './contender.ts';

/** The length of a warm-up, and the accuracy it must reach. */
export interface Warmup {
  readonly epochs: number;
  readonly accuracy: number;
}

/**
 * Milliseconds per epoch of a task, with each strategy on each number of threads, and of as many independent
 * trainings on one thread each, which are the upper bound.
 *
 * All contenders warm up first. Before they are timed in turns, each must have learned, and those of one strategy
 * must have identical parameters; afterwards their parameters must be identical again.
 *
 * @throws MicronnError when one of these checks fails
 */
export async function measureEpochs(
  task: Task,
  threadCounts: readonly number[],
  rounds: number,
  warmup: Warmup,
  signal: AbortSignal,
  backend: BackendName = 'wasm',
): Promise<BenchRow[]> {
  const contenders = await Promise.all(
    (backend === 'wasm' ? parallelStrategies : (['data'] as const)).flatMap((parallel) =>
      threadCounts.flatMap((threads, k) => [
        // For one thread, an independent training would be the same measurement.
        ...(k > 0 ? [openTrainings(task, threads, { backend, parallel })] : []),
        openMicronn(task, threads, { backend, parallel }),
      ]),
    ),
  );
  const groups = parallelStrategies
    .map((strategy) => contenders.filter((contender) => contender.strategy === strategy))
    .filter((group) => group.length > 0);
  try {
    const accuracies: number[] = [];
    for (const contender of contenders) {
      const before = await contender.accuracy();
      for (let epoch = 0; epoch < warmup.epochs; epoch++) await contender.epoch();
      const accuracy = await contender.accuracy();
      if (accuracy < warmup.accuracy || accuracy <= before)
        throw failedCheck(
          `${describeTask(task)} to reach an accuracy of ${warmup.accuracy} in ${warmup.epochs} epochs`,
          `${accuracy} (before: ${before})`,
        );
      accuracies.push(accuracy);
    }
    for (const group of groups) assertSameBits(task, group);
    const epochs = epochsAtOnce(task);
    const times = await takeTurns(contenders, rounds, (contender) => timeEpochs(contender, epochs), signal);
    const [ofDefault, ...ofOthers] = groups.map((group) => {
      const parametersSha256 = assertSameBits(task, group);
      return comparedToTrainings(
        group.map((contender) =>
          toRow({
            section: 'epochs',
            name: describeTask(task),
            runner: contender.runner,
            threads: contender.threads,
            unit: 'ms',
            ...toEpochTimes(times.get(contender)!),
            accuracy: accuracies[contenders.indexOf(contender)]!,
            parametersSha256,
          }),
        ),
      );
    });
    return [...ofDefault!, ...ofOthers.flatMap((rows) => comparedToSame(rows, ofDefault!))];
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}

/** Adds the speed-up over one thread, and over as many independent trainings. */
function comparedToTrainings(rows: readonly BenchRow[]): BenchRow[] {
  return comparedToFirst(rows).map((row, k) => {
    const trainings = rows[k - 1];
    if (row.threads === null || trainings?.threads !== null) return row;
    return { ...row, ratios: { ...row.ratios, 'as many trainings': timesAsFast(row, trainings) } };
  });
}
