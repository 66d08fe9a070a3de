import path from 'node:path';
import { writeWhole } from '../files/write-whole.ts';
import { JSONL, REPORT } from '../run-folder/file-names.ts';
import { type EpochMetrics, readMetrics } from '../run-folder/metrics-files.ts';
import type { EndedRun } from './findings.ts';

/**
 * Writes the report into the run folder and returns its path, or undefined when no epoch is complete. A failure costs
 * the report and not the run: `warn` reports it, and epochs that metrics.jsonl has lost.
 */
export async function writeReport(
  run: EndedRun,
  warn: (code: string, message: string) => void,
): Promise<string | undefined> {
  const { runDir } = run.start;
  const { epoch } = run.position;
  if (epoch === 0) return undefined;
  const file = path.join(runDir, REPORT);
  try {
    // Loaded on demand, so that training does not wait for it.
    const { renderReport } = await import('./render-report.ts');
    const metrics = (await readMetrics(runDir, epoch)).filter((each) => hasSetsOf(run, each));
    if (metrics.length < epoch) {
      warn(
        'METRICS_DAMAGED',
        `${path.join(runDir, JSONL)}: only ${metrics.length} of ${epoch} epochs can be read; the report omits the others`,
      );
    }
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

/** Whether the metrics of an epoch cover the same sets as the run: otherwise the line was edited. */
function hasSetsOf({ start }: EndedRun, metrics: EpochMetrics): boolean {
  const isMeasured = (set: 'validation' | 'test', samples: number): boolean =>
    [metrics[`${set}Loss`], metrics[`${set}Accuracy`]].every(
      (value) => (value !== undefined) === samples > 0,
    );
  return isMeasured('validation', start.validationSamples) && isMeasured('test', start.testSamples);
}
