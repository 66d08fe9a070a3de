import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SafetensorsError } from '@micronn/core';
import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { type Checkpoint, decodeCheckpoint } from './checkpoint.ts';
import { BEST_MODEL, LAST_MODEL, PREVIOUS_MODEL } from './file-names.ts';
import { type EpochMetrics, readMetrics } from './metrics-files.ts';
import { decodeModel, MOST_MODEL_BYTES } from './model-file.ts';

/** A run as loaded from its folder. */
export interface SavedRun {
  readonly folder: string;
  readonly checkpoint: Checkpoint;
  /** The metrics up to the checkpoint. */
  readonly epochs: readonly EpochMetrics[];
  /** Whether the best model in the folder stays; otherwise the checkpoint's model is the best. */
  readonly keepBest: boolean;
}

/** Reports a damaged part of the run, and how loading handles it. */
export type Warn = (code: string, message: string) => void;

/**
 * Loads a run to resume, from its last checkpoint, or from the previous one if the last is damaged.
 *
 * @throws MicronnError when there is no such folder (exit code 2), or it has no usable checkpoint (exit code 6)
 */
export async function loadRun(folder: string, warn: Warn): Promise<SavedRun> {
  await assertRunFolder(folder);
  const checkpoint = await loadCheckpoint(folder, warn);
  const { epoch } = checkpoint.position;
  const epochs = await readMetrics(folder, epoch);
  if (epochs.length < epoch) {
    warn(
      'METRICS_DAMAGED',
      `${path.join(folder, 'metrics.jsonl')}: only ${epochs.length} of ${epoch} epochs can be read; the metrics of the others are lost`,
    );
  }
  return { folder, checkpoint, epochs, keepBest: await keepsBest(folder, checkpoint, warn) };
}

/** @throws MicronnError (exit code 2) when there is no folder of this name */
export async function assertRunFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new MicronnError(
    'RUN_FOLDER',
    found
      ? '--resume must be a run folder, but this is a file'
      : '--resume must be a run folder, but there is no such folder',
    { file: folder },
  );
}

async function loadCheckpoint(folder: string, warn: Warn): Promise<Checkpoint> {
  const last = await tryModel(path.join(folder, LAST_MODEL), decodeCheckpoint);
  if (last.model) return last.model;
  const previous = await tryModel(path.join(folder, PREVIOUS_MODEL), decodeCheckpoint);
  if (previous.model) {
    const { epoch, step } = previous.model.position;
    warn(
      'CHECKPOINT_DAMAGED',
      `${path.join(folder, LAST_MODEL)}: ${last.reason}; the run continues from the previous checkpoint, after epoch ${epoch}${step > 0 ? ` and ${step} steps` : ''}`,
    );
    return previous.model;
  }
  throw new MicronnError(
    last.missing && previous.missing ? 'MODEL_NOT_FOUND' : 'CHECKPOINT_DAMAGED',
    `no usable checkpoint: ${LAST_MODEL} (${last.reason}) and ${PREVIOUS_MODEL} (${previous.reason})`,
    { file: folder },
  );
}

async function keepsBest(folder: string, { position }: Checkpoint, warn: Warn): Promise<boolean> {
  const file = path.join(folder, BEST_MODEL);
  const best = await tryModel(file, decodeModel);
  if (best.model) return true;
  const { epoch, step, best: { epoch: bestEpoch } = { epoch: 0 } } = position;
  if (step === 0 && epoch === bestEpoch) return false;
  warn('BEST_DAMAGED', `${file}: ${best.reason}; kept until an epoch improves on epoch ${bestEpoch}`);
  return true;
}

type Tried<Model> =
  | { readonly model: Model }
  | { readonly model?: undefined; readonly reason: string; readonly missing: boolean };

async function tryModel<Model>(file: string, decode: (bytes: Uint8Array) => Model): Promise<Tried<Model>> {
  try {
    return { model: decode(await readInput(file, { mostBytes: MOST_MODEL_BYTES, pipes: false })) };
  } catch (error) {
    if (error instanceof SafetensorsError) return { reason: error.message, missing: false };
    if (!(error instanceof MicronnError)) throw error;
    return { reason: error.sentence, missing: error.code === 'DATA_NOT_FOUND' };
  }
}
