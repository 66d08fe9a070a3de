import path from 'node:path';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { loadRun } from '../src/run-folder/saved-run.ts';
import type { Position } from '../src/training/position.ts';

/** The steps per epoch of a small run. */
export const STEPS_PER_EPOCH = 10;

/**
 * Writes the folder `digits` for a run of short steps, 10 per epoch, that uses everything a checkpoint keeps: momentum
 * and a validation split. Returns the options of the run.
 */
export async function smallRun(cwd: string): Promise<Record<string, string>> {
  const data = path.join(cwd, 'digits');
  await writeIdxFolder(data, { train: readMnist('train', 0, 200), test: readMnist('test', 0, 20) });
  return { data, validationSplit: '0.2', batchSize: '16', momentum: '0.9', threads: '2', epochs: '2' };
}

/** The same options for the command line. */
export function argumentsOf(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
}

/** The position that a run has saved, in a folder without any damage. */
export async function positionOf(folder: string): Promise<Position> {
  const { checkpoint } = await loadRun(folder, (_, message) => {
    throw new Error(message);
  });
  return checkpoint.position;
}
