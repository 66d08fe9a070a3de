import { DATA_FORM, type DataForm, readForm } from '../data/data-form.ts';
import { MicronnError } from '../errors.ts';
import { withUnitInputs } from '../run-folder/input-scale.ts';
import { loadModel, type SavedModel } from '../run-folder/model-file.ts';
import type { ModelOptions } from './model-options.ts';
import { imageSize } from './option-schema.ts';
import type { DataOptionTexts } from './train-options.ts';

/** A model, and what it knows of the data that it has learned. */
export interface OpenedModel extends SavedModel {
  readonly file: string;
  readonly form: DataForm;
}

/**
 * Loads the model that a command is given.
 *
 * @throws MicronnError (exit code 6) when it is missing or damaged, or when the size of its images is unknown
 */
export async function openModel(
  { model, size, inputScale, transposed }: ModelOptions & Pick<DataOptionTexts, 'size'>,
  signal: AbortSignal,
): Promise<OpenedModel> {
  const loaded = withUnitInputs(await loadModel(model, { signal, transposed }), inputScale);
  const { file, metadata, layers } = loaded;
  const form = readForm(metadata, layers, imageSize(size));
  if (form) return { ...loaded, form };
  if (metadata[DATA_FORM] !== undefined) {
    throw new MicronnError(
      'MODEL_DAMAGED',
      'the dataForm in the metadata does not fit the layers of the model',
      {
        file,
      },
    );
  }
  throw new MicronnError(
    'MODEL_SHAPE',
    `the model does not say how large its images are, and its ${layers[0]} inputs are ${
      size === undefined ? 'no square' : `not those of ${size}`
    }: say it with --size, as 28x28`,
    { file },
  );
}
