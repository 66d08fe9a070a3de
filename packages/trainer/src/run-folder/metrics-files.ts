import { open } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { writeWhole } from '../files/write-whole.ts';
import { CSV, JSONL } from './file-names.ts';

/** The metrics of an epoch: losses in nats per sample, accuracies from 0 to 1. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Over the samples of the epoch, each measured before the step of its minibatch. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly testLoss?: number;
  readonly testAccuracy?: number;
  /** Seconds of training, without evaluation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

const columns = [
  'epoch',
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'testLoss',
  'testAccuracy',
  'seconds',
  'samplesPerSecond',
] as const satisfies readonly (keyof EpochMetrics)[];

/** Rewrites both files with these epochs. */
export async function writeMetrics(folder: string, epochs: readonly EpochMetrics[]): Promise<void> {
  await writeWhole(path.join(folder, JSONL), epochs.map(jsonLine).join(''));
  await writeWhole(path.join(folder, CSV), stringify([[...columns]]) + epochs.map(csvLine).join(''));
}

/** Appends an epoch to both files and flushes them, so that a later checkpoint never precedes its metrics on disk. */
export async function appendMetrics(folder: string, metrics: EpochMetrics): Promise<void> {
  await Promise.all([
    appendFlushed(path.join(folder, JSONL), jsonLine(metrics)),
    appendFlushed(path.join(folder, CSV), csvLine(metrics)),
  ]);
}

/**
 * Reads the epochs up to `last`, in order. Damaged lines are skipped; of two lines of one epoch the later one counts.
 *
 * @throws MicronnError (exit code 2) when the file cannot be read
 */
export async function readMetrics(folder: string, last: number): Promise<EpochMetrics[]> {
  const file = path.join(folder, JSONL);
  const text = await readText(file);
  const epochs = new Map<number, EpochMetrics>();
  for (const line of text.split('\n')) {
    const metrics = parseLine(line);
    if (metrics && metrics.epoch <= last) epochs.set(metrics.epoch, metrics);
  }
  return [...epochs.values()].toSorted((a, b) => a.epoch - b.epoch);
}

/** More than the metrics of any run. */
const MOST_BYTES = 2 ** 30;

/** The text of the file; empty if there is none. */
async function readText(file: string): Promise<string> {
  try {
    return (await readInput(file, { mostBytes: MOST_BYTES, pipes: false })).toString();
  } catch (cause) {
    if (!(cause instanceof MicronnError)) throw cause;
    if (cause.code === 'DATA_NOT_FOUND') return '';
    const sentence = `cannot read the metrics: ${cause.sentence}`;
    throw new MicronnError('RUN_FOLDER', sentence, { file }, { cause });
  }
}

/** Undefined for a damaged line: cut off by a kill, or edited. */
function parseLine(line: string): EpochMetrics | undefined {
  try {
    return lineSchema.parse(JSON.parse(line)) as EpochMetrics;
  } catch {
    return undefined;
  }
}

const lineSchema = z.strictObject({
  epoch: z.int().min(1),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
  testLoss: z.number().optional(),
  testAccuracy: z.number().optional(),
  seconds: z.number().min(0),
  samplesPerSecond: z.number().min(0),
} satisfies Record<keyof EpochMetrics, z.ZodType>);

function jsonLine(metrics: EpochMetrics): string {
  return `${JSON.stringify(metrics)}\n`;
}

function csvLine(metrics: EpochMetrics): string {
  return stringify([columns.map((column) => metrics[column])]);
}

async function appendFlushed(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
