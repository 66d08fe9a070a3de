import path from 'node:path';
import type { Network } from '@micronn/core';
import type { RunStart } from '../console/reporter.ts';
import { writeWhole } from '../files/write-whole.ts';
import { readMetrics } from '../run-folder/metrics-files.ts';
import type { EvaluationSet } from '../training/memory.ts';

/** A run that ended, in any way that leaves an epoch to look at. */
export interface EndedRun {
  readonly start: RunStart;
  /** The network as the run ended. */
  readonly network: Network;
  /** Epochs that are over, and steps of the one after them. */
  readonly position: { readonly epoch: number; readonly step: number };
  readonly ending: 'done' | 'stopped early' | 'interrupted';
  readonly parametersSha256: string;
  /** What is looked at closely, evaluated with this network: the test set, or else what was held back. */
  readonly evaluated?: { readonly name: 'test' | 'validation'; readonly set: EvaluationSet };
}

const REPORT = 'report.html';

/**
 * Writes the run's report into its folder and gives its path; undefined where no epoch is over. What goes wrong
 * here costs the report and not the run: it is told to `warn`.
 */
export async function writeReport(
  run: EndedRun,
  warn: (code: string, message: string) => void,
): Promise<string | undefined> {
  if (run.position.epoch === 0) return undefined;
  const file = path.join(run.start.runDir, REPORT);
  try {
    // Only now: training does not wait for a plotting library.
    const { renderReport } = await import('./render-report.ts');
    const metrics = await readMetrics(run.start.runDir, run.position.epoch);
    await writeWhole(file, renderReport(run, metrics));
    return file;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(
      'REPORT_FAILED',
      `${file}: cannot write the report: ${reason}; all other files of the run are complete`,
    );
    return undefined;
  }
}
