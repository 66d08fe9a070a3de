import path from 'node:path';
import { DataFormatError, type LabelNames, parseLabelNames } from '@micronn/core/data';
import type { DataOptions } from '../data/dataset.ts';
import { MicronnError } from '../errors.ts';
import { readInput } from '../files/read-input.ts';
import { imageSize, pixelRange } from './option-schema.ts';
import type { DataOptionTexts } from './train-options.ts';

/** Names of a thousand classes are shorter. */
const MOST_NAME_BYTES = 1 << 20;

/** How the checked options of a command say to read and understand data. */
export async function dataOptionsOf({
  labelColumn,
  pixelScale,
  invert,
  transpose,
  size,
  colours,
  classNames,
}: DataOptionTexts): Promise<DataOptions> {
  return {
    ...(labelColumn !== undefined && { labelColumn }),
    ...(pixelScale !== undefined && { pixelScale: pixelRange(pixelScale)! }),
    ...(invert !== undefined && { invert }),
    ...(transpose !== undefined && { transpose }),
    ...(size !== undefined && { size: imageSize(size)! }),
    ...(colours !== undefined && { colours }),
    ...(classNames !== undefined && { classNames: await readClassNames(classNames) }),
  };
}

async function readClassNames(file: string): Promise<LabelNames> {
  const text = (await readInput(file, { mostBytes: MOST_NAME_BYTES })).toString('utf8');
  try {
    return parseLabelNames(text, path.basename(file));
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new MicronnError('DATA_CLASSES', cause.message, { file }, { cause });
  }
}
