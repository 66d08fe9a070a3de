import type { RangeResult, RangeTask } from './table-worker.ts';

/** The part of the worker pool that reading a table needs. */
export interface TableWorkers {
  readonly threads: number;
  /** Runs table-worker.ts on one thread; rejects when the worker dies or the signal aborts. */
  readRange(task: RangeTask, signal: AbortSignal): Promise<RangeResult>;
}
