import type { BackendName } from '../training/backend.ts';
import { type BenchRow, comparedToFirst, timesAsFast, toRow } from './bench-rows.ts';
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
 * Milliseconds per epoch of a task on each number of threads, and for as many independent trainings on one thread each,
 * which are the upper bound.
 *
 * All contenders warm up first. They must have learned and have identical parameters before they are timed in turns;
 * afterwards their parameters must be identical again.
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
    threadCounts.flatMap((threads, k) => [
      // For one thread, an independent training would be the same measurement.
      ...(k > 0 ? [openTrainings(task, threads, backend)] : []),
      openMicronn(task, threads, backend),
    ]),
  );
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
    assertSameBits(task, contenders);
    const epochs = epochsAtOnce(task);
    const times = await takeTurns(contenders, rounds, (contender) => timeEpochs(contender, epochs), signal);
    const parametersSha256 = assertSameBits(task, contenders);
    const rows = comparedToFirst(
      contenders.map((contender, k) =>
        toRow({
          section: 'epochs',
          name: describeTask(task),
          runner: contender.runner,
          threads: contender.threads,
          unit: 'ms',
          ...toEpochTimes(times.get(contender)!),
          accuracy: accuracies[k]!,
          parametersSha256,
        }),
      ),
    );
    return rows.map((row, k) => {
      const trainings = rows[k - 1];
      if (row.threads === null || trainings?.threads !== null) return row;
      return { ...row, ratios: { ...row.ratios, 'as many trainings': timesAsFast(row, trainings) } };
    });
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}
