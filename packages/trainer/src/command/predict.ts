import { argmax, forward, type Network } from '@micronn/core';
import { extractInk, normalizeDigit } from '@micronn/core/digit';
import type { DigitPrediction, Reporter } from '../console/reporter.ts';
import { tellError } from '../console/tell-error.ts';
import { CLASSES, PIXELS } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { readImage } from '../images/read-image.ts';
import { loadModel } from '../run-folder/model-file.ts';
import { fromWhereTyped } from './paths.ts';

/** The options of `predict`. */
export interface PredictOptions {
  readonly model: string;
  readonly images: readonly string[];
}

/** Makes the paths of `predict` absolute. */
export function resolvePredictOptions(model: string, images: readonly string[]): PredictOptions {
  return { model: fromWhereTyped(model), images: images.map(fromWhereTyped) };
}

/**
 * `micronn predict`: classifies the digit in each of several PNG files. An invalid file is reported, and the others
 * are classified all the same.
 *
 * @returns the exit code of the first invalid file, or 0
 * @throws MicronnError (exit code 6) when the model is damaged or has other layers
 */
export async function predict(
  { model, images }: PredictOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const { file, ...network } = await loadModel(model, { signal });
  const { layers } = network;
  if (layers[0] !== PIXELS || layers.at(-1) !== CLASSES) {
    throw new MicronnError(
      'MODEL_SHAPE',
      `expected a model with ${PIXELS} inputs and ${CLASSES} classes, got layers ${layers.join('-')}`,
      { file },
    );
  }
  let exitCode = 0;
  for (const image of images) {
    if (signal.aborted)
      throw new MicronnError('INTERRUPTED', 'interrupted before all images were classified');
    try {
      reporter.prediction(await predictFile(network, file, image, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      const code = tellError(error, reporter);
      if (exitCode === 0) exitCode = code;
    }
  }
  return exitCode;
}

async function predictFile(
  network: Network,
  model: string,
  file: string,
  signal: AbortSignal,
): Promise<DigitPrediction> {
  const { width, height, rgba } = await readImage(file, signal);
  const pixels = normalizeDigit(extractInk(rgba, width, height), width, height);
  if (!pixels) {
    throw new MicronnError('IMAGE_NO_INK', 'the image is blank: expected a drawn digit', { file });
  }
  const { probabilities } = forward(
    network,
    Float64Array.from(pixels, (level) => level / 255),
  );
  if (!probabilities.every(Number.isFinite)) {
    throw new MicronnError(
      'MODEL_OVERFLOW',
      `the outputs of the model are not finite numbers for ${file}: its parameters are too large`,
      { file: model },
    );
  }
  return {
    file,
    width,
    height,
    digit: argmax(probabilities)[0]!,
    probabilities: [...probabilities],
    pixels: [...pixels],
  };
}
