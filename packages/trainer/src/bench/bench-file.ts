import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError, systemCode } from '../errors.ts';
import { writeTemporary, writeWhole } from '../files/write-whole.ts';
import type { BenchReport } from './bench-report.ts';

/**
 * Checks that the result can be written to the file: a new one, or an earlier result.
 *
 * @throws MicronnError (exit code 2) when the file cannot be written, or contains something else
 */
export async function assertWritable(file: string): Promise<void> {
  let found: string | undefined;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await rm(await writeTemporary(file, ''));
    found = await readFile(file, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
  } catch (cause) {
    throw unwritable(file, (cause as Error).message, cause);
  }
  if (found !== undefined && !isReport(found)) throw unwritable(file, 'it contains something else');
}

export async function writeBenchFile(file: string, report: BenchReport): Promise<void> {
  try {
    await writeWhole(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw unwritable(file, (cause as Error).message, cause);
  }
}

function isReport(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as Partial<BenchReport> | null)?.rows);
  } catch {
    return false;
  }
}

function unwritable(file: string, reason: string, cause?: unknown): MicronnError {
  return new MicronnError(
    'BENCH_FILE',
    `--out must be a new file or an earlier result of bench: ${reason}`,
    { file },
    { cause },
  );
}
