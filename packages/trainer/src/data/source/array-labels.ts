import {
  areBytes,
  decodeNumbers,
  decodeTexts,
  elementsOf,
  isText,
  type NumberType,
  shapeText,
} from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import { withBytes } from '../file-bytes.ts';
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
  const [rows = 0, columns = 1] = shape;
  if (shape.length > 2 || shape.length === 0) {
    throw new MicronnError(codes[format].kind, `expected labels, got an array of ${shapeText(shape)}`, {
      file,
    });
  }
  if (rows !== count) {
    throw new MicronnError(
      codes[format].mismatch,
      `expected ${count} labels for the ${count} images of ${imagesName}, got ${rows}`,
      { file },
    );
  }
  assertHolds(array);
  if (isText(type)) {
    if (columns !== 1) throw notLabels(file, shape);
    const collector = createLabelCollector(file);
    for await (const part of elementsIn(array, signal))
      for (const text of decodeTexts(part, type)) collector.add(text);
    return collector.labels();
  }
  const numbers = await readNumbers(array, type, signal);
  if (columns === 1) return labelsOfNumbers(file, numbers);
  // QMNIST: class, series, writer, and five more.
  if (format === 'IDX' && columns === 8 && type.bytes === 4) {
    return labelsOfNumbers(
      file,
      numbers.filter((_, k) => k % columns === 0),
    );
  }
  return labelsOfNumbers(file, fromOneHot(array, numbers));
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
  const numbers = new Uint8Array(count);
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

/** The column of the 1 in each row. */
function fromOneHot({ bytes, header }: ArrayFile, numbers: ArrayLike<number>): Uint16Array {
  const [rows = 0, columns = 0] = header.shape;
  const labels = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    let ones = 0;
    for (let column = 0; column < columns; column++) {
      const value = numbers[header.isFortranOrder ? column * rows + row : row * columns + column]!;
      if (value !== 0 && value !== 1) throw notLabels(bytes.name, header.shape);
      if (value === 0) continue;
      ones++;
      labels[row] = column;
    }
    if (ones !== 1) throw notLabels(bytes.name, header.shape);
  }
  return labels;
}

function notLabels(file: string, shape: readonly number[]): MicronnError {
  return new MicronnError(
    'DATA_LABELS',
    `expected a label for each image, or rows with a single 1 (one-hot), got an array of ${shapeText(shape)}`,
    { file },
  );
}
