import { DataFormatError, shapeText } from './number-type.ts';

/** The first of QMNIST's eight columns of 32-bit numbers is the class; the others tell writer and origin. */
const QMNIST_COLUMNS = 8;

/**
 * The labels of an array of numbers: n or n × 1 labels; n × classes rows with a single 1 (one-hot), whose label is the
 * column from 0; or QMNIST's n × 8, whose first column is the label.
 *
 * @param numbers all elements in the order of the file
 * @param isIdx whether the array is of IDX, where eight columns are QMNIST's
 * @throws DataFormatError when the array is none of these
 */
export function labelNumbers(
  numbers: Uint8Array | Float64Array,
  shape: readonly number[],
  isFortranOrder: boolean,
  isIdx: boolean,
): Uint8Array | Uint16Array | Float64Array {
  const [rows = 0, columns = 1] = shape;
  if (shape.length === 1 || (shape.length === 2 && columns === 1)) return numbers;
  if (shape.length !== 2) throw notLabels(shape);
  const at = (row: number, column: number): number =>
    numbers[isFortranOrder ? column * rows + row : row * columns + column]!;
  if (isIdx && columns === QMNIST_COLUMNS) return Float64Array.from({ length: rows }, (_, row) => at(row, 0));
  return Uint16Array.from({ length: rows }, (_, row) => {
    let label = -1;
    for (let column = 0; column < columns; column++) {
      const value = at(row, column);
      if (value === 0) continue;
      if (value !== 1 || label >= 0) throw notLabels(shape);
      label = column;
    }
    if (label < 0) throw notLabels(shape);
    return label;
  });
}

function notLabels(shape: readonly number[]): DataFormatError {
  return new DataFormatError(
    `expected a label for each image, or rows with a single 1 (one-hot), got an array of ${shapeText(shape)}`,
  );
}
