import { rm } from 'node:fs/promises';
import path from 'node:path';
import { MicronnError } from '../errors.ts';
import { createFolder } from '../files/create-folder.ts';
import { isThere } from '../files/is-there.ts';
import { readInput } from '../files/read-input.ts';
import { writeTemporary, writeWhole } from '../files/write-whole.ts';
import type { BenchReport } from './bench-report.ts';

/** More than any result of bench. */
const MOST_BYTES = 2 ** 24;

/**
 * Checks that the result can be written to the file: a new one, or an earlier result, which is returned.
 *
 * @throws MicronnError (exit code 2) when the file cannot be written, or contains something else
 */
export async function openBenchFile(file: string): Promise<BenchReport | undefined> {
  let found: string | undefined;
  try {
    await createFolder(path.dirname(file));
    await rm(await writeTemporary(file, ''));
    if (await isThere(file))
      found = (await readInput(file, { mostBytes: MOST_BYTES, pipes: false })).toString();
  } catch (cause) {
    const reason = cause instanceof MicronnError ? cause.sentence : (cause as Error).message;
    throw unwritable(file, reason, cause);
  }
  if (found === undefined) return undefined;
  const report = parseReport(found);
  if (!report) throw unwritable(file, 'it contains something else');
  return report;
}

export async function writeBenchFile(file: string, report: BenchReport): Promise<void> {
  try {
    await writeWhole(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw unwritable(file, (cause as Error).message, cause);
  }
}

/** An earlier result; its rows alone are looked at. */
function parseReport(text: string): BenchReport | undefined {
  try {
    const report = JSON.parse(text) as BenchReport | null;
    return Array.isArray(report?.rows) ? report : undefined;
  } catch {
    return undefined;
  }
}

/** The error for a file of `--out` that bench cannot write. */
export function unwritable(file: string, reason: string, cause?: unknown): MicronnError {
  return new MicronnError(
    'BENCH_FILE',
    `--out must be a new file or an earlier result of bench: ${reason}`,
    { file },
    { cause },
  );
}
