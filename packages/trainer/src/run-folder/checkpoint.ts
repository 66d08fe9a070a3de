import { SafetensorsError } from '@micronn/core';
import * as z from 'zod';
import { DATA_FORM } from '../data/data-form.ts';
import type { TrainedState } from '../training/backend.ts';
import type { Position } from '../training/position.ts';
import { decodeModel, modelTensors, parametersSha256 } from './model-file.ts';
import { encodeSealed } from './seal.ts';

/** Everything needed to resume a run as if it had never stopped. */
export interface Checkpoint {
  readonly layers: readonly number[];
  readonly state: TrainedState;
  readonly position: Position;
  /** The options of the run, as in config.json. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Fingerprints of the data (see fingerprint.ts): a run can only be resumed on the same data. */
  readonly data: string;
  /** What the model keeps of its data (see data-form.ts); undefined in checkpoints of earlier versions. */
  readonly form?: string;
}

const whole = z.int().min(0);
const positionSchema = z.strictObject({
  epoch: whole,
  step: whole,
  lossSum: z.number(),
  hits: whole,
  seconds: z.number(),
  best: z.strictObject({ epoch: whole, loss: z.number() }).optional(),
});
const configurationSchema = z.record(z.string(), z.unknown());

/** Encodes a checkpoint as a safetensors file: the tensors of model and velocity, and the rest in the metadata. */
export function encodeCheckpoint({
  layers,
  state,
  position,
  configuration,
  data,
  form,
}: Checkpoint): Uint8Array<ArrayBuffer> {
  const { parameters, velocity } = state;
  return encodeSealed({
    tensors: modelTensors({ layers, parameters }, velocity),
    metadata: {
      layers: layers.join(','),
      epoch: String(position.epoch),
      step: String(position.step),
      parametersSha256: parametersSha256(parameters),
      configuration: JSON.stringify(configuration),
      position: JSON.stringify(position),
      data,
      ...(form !== undefined && { [DATA_FORM]: form }),
    },
  });
}

/**
 * Reads a checkpoint.
 *
 * @throws SafetensorsError when the file is damaged, or is a model and not a checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { layers, parameters, velocity, metadata } = decodeModel(bytes);
  const position = parsed(metadata, 'position', positionSchema);
  const configuration = parsed(metadata, 'configuration', configurationSchema);
  const needsVelocity = configuration['momentum'] !== 0;
  if (needsVelocity !== velocity.length > 0) {
    throw new SafetensorsError(
      `expected ${needsVelocity ? 'velocity' : 'no velocity'} tensors for momentum ${String(configuration['momentum'])}, found ${needsVelocity ? 'none' : 'some'}`,
    );
  }
  const { best, ...rest } = position;
  return {
    layers,
    state: { parameters, velocity },
    position: { ...rest, ...(best && { best }) },
    configuration,
    data: metadata['data'] ?? '',
    ...(metadata[DATA_FORM] !== undefined && { form: metadata[DATA_FORM] }),
  };
}

function parsed<Schema extends z.ZodType>(
  metadata: Readonly<Record<string, string>>,
  key: string,
  schema: Schema,
): z.output<Schema> {
  const text = metadata[key];
  if (text === undefined) {
    throw new SafetensorsError(`no ${key} in the metadata: this is not a checkpoint`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError(`${key} in the metadata is not valid JSON`, { cause });
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new SafetensorsError(`invalid ${key} in the metadata: ${text}`);
  return result.data;
}
