import { foldInputScale, type InputScale } from '@micronn/core/other-models';
import { MicronnError } from '../errors.ts';
import type { SavedModel } from './model-file.ts';

const EXAMPLES =
  '0..1 for pixels divided by 255, 0..255 for bytes, -1..1, or mean,std as 0.1307,0.3081 for normalised pixels';

/**
 * Parses a value of --input-scale: `low..high`, the inputs for paper and for full ink, or `mean,std` of pixels from 0 to 1,
 * which makes them (0 − mean) / std and (1 − mean) / std.
 *
 * @throws MicronnError (OPTION_VALUE)
 */
export function parseInputScale(typed: string): InputScale {
  const number = String.raw`\s*([-+]?(?:\d+\.?\d*?|\.\d+)(?:e[-+]?\d+)?)\s*`;
  const [, low, high] = new RegExp(`^${number}\\.\\.${number}$`, 'i').exec(typed) ?? [];
  const [, mean, deviation] = new RegExp(`^${number},${number}$`, 'i').exec(typed) ?? [];
  const scale =
    mean === undefined
      ? { low: Number(low), high: Number(high) }
      : { low: -Number(mean) / Number(deviation), high: (1 - Number(mean)) / Number(deviation) };
  if (!Number.isFinite(scale.low) || !Number.isFinite(scale.high) || scale.low === scale.high) {
    throw new MicronnError('OPTION_VALUE', `--input-scale must be ${EXAMPLES}, got ${JSON.stringify(typed)}`);
  }
  return scale;
}

/**
 * The model with inputs from 0 to 1: folds the scale into the first layer of another program's model that does not say it.
 *
 * @param scale what --input-scale says
 * @throws MicronnError MODEL_AMBIGUOUS (exit code 6) where the scale is needed, OPTION_CONFLICT (2) where it is known and
 *   another
 */
export function withUnitInputs<Model extends SavedModel & { readonly file: string }>(
  model: Model,
  scale: InputScale | undefined,
): Model {
  if (model.inputScale === 'unit') {
    if (scale && (scale.low !== 0 || scale.high !== 1)) {
      throw new MicronnError(
        'OPTION_CONFLICT',
        '--input-scale is for models that do not say what their inputs are: this one does',
        { file: model.file },
      );
    }
    return model;
  }
  if (!scale) {
    throw new MicronnError(
      'MODEL_AMBIGUOUS',
      `the model of another program does not say what its inputs are: give --input-scale, ${EXAMPLES}`,
      { file: model.file },
    );
  }
  const { parameters } = foldInputScale(model, scale);
  if (!parameters.every(Number.isFinite)) {
    throw new MicronnError('OPTION_VALUE', '--input-scale makes the weights larger than float32 can hold', {
      file: model.file,
    });
  }
  return { ...model, parameters, inputScale: 'unit' };
}
