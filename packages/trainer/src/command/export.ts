import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type PixelScale, pixelScales } from '@micronn/core/onnx';
import type { Reporter } from '../console/reporter.ts';
import { MicronnError } from '../errors.ts';
import { isThere } from '../files/is-there.ts';
import { writeWhole } from '../files/write-whole.ts';
import { BEST_MODEL, loadModel, parametersSha256 } from '../run-folder/model-file.ts';
import { encodeModel, type ModelFormat, modelFormats } from '../run-folder/model-formats.ts';
import { fromWhereTyped } from './paths.ts';

/** What `export` works on. */
export interface ExportOptions {
  readonly model: string;
  readonly format: ModelFormat;
  readonly scale: PixelScale;
  readonly out: string;
}

/**
 * Checks the options of `export`; the name of the file may tell the format, and the format the name.
 *
 * @throws MicronnError (exit code 2) that names the option, its value and what was expected
 */
export function resolveExportOptions(model: string, flags: Record<string, unknown>): ExportOptions {
  const { format: typed, scale, out } = flags as Record<string, string | undefined>;
  if (typed === undefined && out === undefined) {
    throw new MicronnError(
      'OPTION_VALUE',
      `expected --format, one of ${modelFormats.join(', ')}, or --out with a file that ends so, got neither`,
    );
  }
  const format = oneOf('--format', typed ?? path.extname(out!).slice(1), modelFormats);
  if (out !== undefined && path.extname(out) !== `.${format}`) {
    throw new MicronnError(
      'OPTION_VALUE',
      `--out must be a file that ends in .${format}, got ${JSON.stringify(out)}`,
    );
  }
  if (scale !== undefined && format !== 'onnx') {
    throw new MicronnError('OPTION_CONFLICT', `--scale goes with --format onnx alone, got ${format}`);
  }
  return {
    model: fromWhereTyped(model),
    format,
    scale: oneOf('--scale', scale ?? 'inside', pixelScales),
    out: fromWhereTyped(out ?? `model.${format}`),
  };
}

/** `micronn export`: a saved model in another format; of a run folder, its best model. */
export async function exportModel(
  { model, format, scale, out }: ExportOptions,
  reporter: Reporter,
): Promise<void> {
  await assertNew(out);
  const { file, ...loaded } = await loadModel(model, BEST_MODEL);
  try {
    await mkdir(path.dirname(out), { recursive: true });
    await writeWhole(out, encodeModel(loaded, file, format, scale));
  } catch (cause) {
    throw unwritable(out, `got ${(cause as Error).message}`, cause);
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

/** Nothing that is there is written over. */
async function assertNew(file: string): Promise<void> {
  if (await isThere(file)) throw unwritable(file, 'got one that is there already');
}

function unwritable(file: string, got: string, cause?: unknown): MicronnError {
  return new MicronnError('EXPORT_FILE', `expected to write a new file, ${got}`, { file }, { cause });
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found) return found;
  throw new MicronnError(
    'OPTION_VALUE',
    `${option} must be one of ${names.join(', ')}, got ${JSON.stringify(value)}`,
  );
}
