import {
  areBytes,
  DataFormatError,
  decodeNumbers,
  decodeTexts,
  elementsOf,
  isText,
  labelNumbers,
  type NumberType,
  shapeText,
} from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import { withBytes } from '../file-bytes.ts';
import { sharedBytes } from '../samples.ts';
import type { RawLabels } from '../source.ts';
import { type ArrayFile, assertHolds, codes, elementsIn, locate } from './array-file.ts';
import { createLabelCollector, labelsOfNumbers } from './labels.ts';

/**
 * Reads an array of labels: whole numbers, floats or texts, n or n × 1; one-hot rows, n × classes; or QMNIST's rows of
 * eight numbers, of which the first is the class.
 *
 * @param count the number of images
 * @throws MicronnError when there are not as many labels as images, or the array is none of labels
 */
export async function readArrayLabels(
  array: ArrayFile,
  count: number,
  imagesName: string,
  signal: AbortSignal,
): Promise<RawLabels> {
  const { bytes, header, format } = array;
  const file = bytes.name;
  const { shape, type } = header;
  const [rows = 0, ...columns] = shape;
  if (rows !== count) {
    throw new MicronnError(
      codes[format].mismatch,
      `expected ${count} labels for the ${count} images of ${imagesName}, got ${rows}`,
      { file },
    );
  }
  assertHolds(array);
  if (isText(type)) {
    if (elementsOf(columns) !== 1) {
      throw new MicronnError(
        'DATA_LABELS',
        `expected a label for each image, got ${shapeText(shape)} texts`,
        {
          file,
        },
      );
    }
    const collector = createLabelCollector(file);
    for await (const part of elementsIn(array, signal)) {
      for (const text of decodeTexts(part, type)) collector.add(text);
    }
    return collector.labels();
  }
  const numbers = await readNumbers(array, type, signal);
  try {
    return labelsOfNumbers(file, labelNumbers(numbers, shape, header.isFortranOrder, format === 'IDX'));
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new MicronnError('DATA_LABELS', cause.message, { file }, { cause });
  }
}

/** All numbers of an array. */
async function readNumbers(
  array: ArrayFile,
  type: NumberType,
  signal: AbortSignal,
): Promise<Uint8Array | Float64Array> {
  const { bytes, header } = array;
  const count = elementsOf(header.shape);
  if (!areBytes(type)) {
    const numbers = new Float64Array(count);
    let next = 0;
    for await (const part of elementsIn(array, signal)) {
      numbers.set(decodeNumbers(part, type), next);
      next += part.length / type.bytes;
    }
    return numbers;
  }
  const numbers = sharedBytes(count);
  if (bytes.file !== undefined) {
    withBytes(locate(array, bytes.file), (read) => read(numbers, 0));
    return numbers;
  }
  let next = 0;
  for await (const part of elementsIn(array, signal)) {
    numbers.set(part, next);
    next += part.length;
  }
  return numbers;
}
