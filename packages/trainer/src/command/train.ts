import type { Reporter } from '../console/reporter.ts';
import { writeReport } from '../report/write-report.ts';
import { assertFree } from '../run-folder/create-run-folder.ts';
import type { BackendName } from '../training/backend.ts';
import { createWorkerPool, type WorkerPool } from '../training/pool.ts';
import type { TrainRequest } from './options.ts';
import { assertRoomForNetwork } from './room.ts';
import { loadRunData } from './train/load-run-data.ts';
import { openRun } from './train/open-run.ts';
import { planRun } from './train/plan-run.ts';
import { reportRun } from './train/report-run.ts';
import { trainRun } from './train/train-run.ts';

/** What `train` is made of; tests inject other parts. */
export interface TrainParts {
  readonly createPool: (threads: number, backend: BackendName) => WorkerPool;
  readonly writeReport: typeof writeReport;
}

const productionParts: TrainParts = { createPool: createWorkerPool, writeReport };

/**
 * `micronn train`: loads the data, plans the run, opens its folder, trains, and reports.
 *
 * @param signal interrupts the run, which then saves a checkpoint
 * @throws MicronnError with the exit code of its family
 */
export async function train(
  request: TrainRequest,
  reporter: Reporter,
  signal: AbortSignal,
  parts: TrainParts = productionParts,
): Promise<void> {
  const begin = performance.now();
  if (!request.saved) await assertFree(request.options.out);
  assertRoomForNetwork(request.options);
  // The threads start while the data is read.
  const pool = parts.createPool(request.options.threads, request.options.backend);
  try {
    const data = await loadRunData(request, pool, reporter, signal);
    const plan = await planRun(request, data, pool, reporter);
    const run = await openRun(request, plan, reporter, signal);
    const { lock } = run.folder;
    try {
      const stop = AbortSignal.any([signal, lock.lost]);
      const outcome = await trainRun(run, pool, reporter, stop);
      await lock.assertHeld();
      await reportRun(run, outcome, { pool, reporter, begin, writeReport: parts.writeReport });
    } finally {
      await lock.release();
    }
  } finally {
    await pool.close();
    await request.lock?.release();
  }
}
