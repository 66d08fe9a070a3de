import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SafetensorsError } from '@micronn/core';
import { stringifyModel } from '@micronn/core/json';
import { encodeOnnx, type PixelScale } from '@micronn/core/onnx';
import { MicronnError, systemCode } from '../errors.ts';
import { writeWhole } from '../files/write-whole.ts';
import { BEST_MODEL, ONNX_MODEL } from './file-names.ts';
import { decodeModel, modelTensors, parametersSha256, type SavedModel } from './model-file.ts';
import type { Warn } from './saved-run.ts';
import { encodeSealed } from './seal.ts';

/** The formats of `export`; each is also the file extension. */
export const modelFormats = ['safetensors', 'onnx', 'json'] as const;

export type ModelFormat = (typeof modelFormats)[number];

/** Metadata of the file or of the run's position, which an exported model does not keep. */
const left = new Set(['contentSha256', 'position']);

/**
 * Encodes a model in one of the formats. Keeps its metadata, and adds layers, parametersSha256 and the name of the
 * source file.
 *
 * @param file the source of the model
 * @param scale where pixels are divided by 255, for ONNX
 */
export function encodeModel(
  { layers, parameters, metadata: all }: SavedModel,
  file: string,
  format: ModelFormat,
  scale: PixelScale,
): Uint8Array | string {
  const network = { layers, parameters };
  const metadata = {
    ...Object.fromEntries(Object.entries(all).filter(([key]) => !left.has(key))),
    layers: layers.join(','),
    parametersSha256: parametersSha256(parameters),
    exportedFrom: path.basename(file),
  };
  switch (format) {
    case 'safetensors':
      return encodeSealed({ tensors: modelTensors(network), metadata });
    case 'onnx':
      return encodeOnnx({ network, scale, metadata });
    case 'json':
      return stringifyModel({ network, metadata });
  }
}

/**
 * Writes the best model of a run folder as {@link ONNX_MODEL}; warns when the best model is damaged.
 *
 * @throws MicronnError (exit code 2) when the file cannot be written
 */
export async function saveBestAsOnnx(folder: string, warn: Warn): Promise<void> {
  const file = path.join(folder, BEST_MODEL);
  const target = path.join(folder, ONNX_MODEL);
  let model: SavedModel;
  try {
    model = decodeModel(await readFile(file));
  } catch (error) {
    if (!(error instanceof SafetensorsError) && systemCode(error) === undefined) throw error;
    const reason = systemCode(error) === 'ENOENT' ? 'file not found' : (error as Error).message;
    warn('BEST_DAMAGED', `${file}: ${reason}; ${ONNX_MODEL} is not written`);
    return;
  }
  await writeWhole(target, encodeModel(model, file, 'onnx', 'inside')).catch((cause: unknown) => {
    throw new MicronnError(
      'RUN_FOLDER',
      `cannot write the model: ${(cause as Error).message}`,
      { file: target },
      { cause },
    );
  });
}
