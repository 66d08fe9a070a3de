import { type DataForm, readForm } from '../data/data-form.ts';
import { MicronnError } from '../errors.ts';
import { loadModel, type SavedModel } from '../run-folder/model-file.ts';
import type { ModelOptions } from './options.ts';

/** A model, and what it knows of the data that it has learned. */
export interface OpenedModel extends SavedModel {
  readonly file: string;
  readonly form: DataForm;
}

/**
 * Loads the model that a command is given.
 *
 * @throws MicronnError (exit code 6) when it is missing or damaged
 */
export async function openModel({ model }: ModelOptions, signal: AbortSignal): Promise<OpenedModel> {
  const loaded = await loadModel(model, { signal });
  const form = readForm(loaded.metadata, loaded.layers);
  if (!form) {
    throw new MicronnError(
      'MODEL_DAMAGED',
      'the dataForm in the metadata does not fit the layers of the model',
      {
        file: loaded.file,
      },
    );
  }
  return { ...loaded, form };
}
