import path from 'node:path';
import { type PixelScale, pixelScales } from '@micronn/core/onnx';
import type { Reporter } from '../console/reporter.ts';
import { MicronnError } from '../errors.ts';
import { createFolder } from '../files/create-folder.ts';
import { isThere } from '../files/is-there.ts';
import { writeWhole } from '../files/write-whole.ts';
import { BEST_MODEL } from '../run-folder/file-names.ts';
import { withUnitInputs } from '../run-folder/input-scale.ts';
import { loadModel, parametersSha256 } from '../run-folder/model-file.ts';
import { encodeModel, type ModelFormat, modelFormats } from '../run-folder/model-formats.ts';
import { lossOf, warnOfChance } from './chance.ts';
import { type ModelOptions, resolveModelOptions } from './model-options.ts';
import { fromWhereTyped } from './paths.ts';

/** The options of `export`. */
export interface ExportOptions extends ModelOptions {
  readonly format: ModelFormat;
  readonly scale: PixelScale;
  readonly out: string;
}

/**
 * Checks the options of `export`. The extension of the file implies the format, and the format the name of the file.
 *
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function resolveExportOptions(model: string, flags: Record<string, unknown>): ExportOptions {
  const { own, others } = resolveModelOptions(model, flags);
  const { format: typed, scale, out } = others as Record<string, string | undefined>;
  if (typed === undefined && out === undefined) {
    throw new MicronnError(
      'OPTION_VALUE',
      `give --format, one of ${modelFormats.join(', ')}, or --out with one of them as its extension`,
    );
  }
  const format = oneOf('--format', typed ?? path.extname(out!).slice(1), modelFormats);
  if (out !== undefined && path.extname(out) !== `.${format}`) {
    throw new MicronnError('OPTION_VALUE', `--out must end in .${format}, got ${JSON.stringify(out)}`);
  }
  if (scale !== undefined && format !== 'onnx') {
    throw new MicronnError('OPTION_CONFLICT', `--scale applies to --format onnx only, got ${format}`);
  }
  return {
    ...own,
    format,
    scale: oneOf('--scale', scale ?? 'inside', pixelScales),
    out: fromWhereTyped(out ?? `model.${format}`),
  };
}

/** `micronn export`: converts a saved model, or the best model of a run folder, to another format. */
export async function exportModel(
  { model, format, scale, out, inputScale, transposed }: ExportOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  await assertNew(out);
  const { file, ...loaded } = withUnitInputs(
    await loadModel(model, { inFolder: BEST_MODEL, signal, transposed }),
    inputScale,
  );
  warnOfChance({ loss: lossOf(loaded) }, loaded.layers.at(-1)!, (code, message) =>
    reporter.warning(code, message),
  );
  try {
    await createFolder(path.dirname(out));
    await writeWhole(out, encodeModel(loaded, file, format, scale));
  } catch (cause) {
    throw unwritable(out, `cannot write the file: ${(cause as Error).message}`, cause);
  }
  reporter.exported({
    model: file,
    format,
    ...(format === 'onnx' && { scale }),
    layers: loaded.layers,
    parametersSha256: parametersSha256(loaded.parameters),
    file: out,
  });
}

/** `export` never overwrites a file. */
async function assertNew(file: string): Promise<void> {
  if (await isThere(file)) throw unwritable(file, 'the file already exists');
}

function unwritable(file: string, sentence: string, cause?: unknown): MicronnError {
  return new MicronnError('EXPORT_FILE', sentence, { file }, { cause });
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found) return found;
  throw new MicronnError(
    'OPTION_VALUE',
    `${option} must be one of ${names.join(', ')}, got ${JSON.stringify(value)}`,
  );
}
