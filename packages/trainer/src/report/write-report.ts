import path from 'node:path';
import { writeWhole } from '../files/write-whole.ts';
import { readMetrics } from '../run-folder/metrics-files.ts';
import type { EndedRun } from './findings.ts';

const REPORT = 'report.html';

/**
 * Writes the report into the run folder and returns its path, or undefined when no epoch is complete. A failure costs
 * the report and not the run: `warn` reports it.
 */
export async function writeReport(
  run: EndedRun,
  warn: (code: string, message: string) => void,
): Promise<string | undefined> {
  if (run.position.epoch === 0) return undefined;
  const file = path.join(run.start.runDir, REPORT);
  try {
    // Loaded on demand, so that training does not wait for the plotting library.
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
