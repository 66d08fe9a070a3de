import type { DataOptions } from '../data/dataset.ts';
import { imageSize, pixelRange } from './option-schema.ts';
import type { DataOptionTexts } from './train-options.ts';

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

async function readClassNames(file: string): Promise<Readonly<Record<string, string>>> {
  const { readInput } = await import('../files/read-input.ts');
  const text = (await readInput(file, { mostBytes: 1 << 20 })).toString('utf8');
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line, k) => [String(k), line.trim()]),
  );
}
