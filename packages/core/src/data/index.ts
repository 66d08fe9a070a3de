/** @micronn/core/data: what tables of images and labels mean. */

export { type ArffHeader, parseArff } from './arff.ts';
export { areDigits, type Classes, classesOf, DIGITS, labelText, MOST_CLASSES } from './classes.ts';
export {
  type Difference,
  differenceFrom,
  distanceFromClasses,
  type ImageSize,
  type Likeness,
  meanImage,
  measureLikeness,
  type Orientation,
  orientationOfDigits,
  readLikeness,
  type WrittenLikeness,
  writeLikeness,
} from './likeness.ts';
export { BYTES, byteOf, type PixelFacts, type PixelRange, rangeOf, rangeText } from './pixel-range.ts';
export { dialectOf, mistakenFor } from './table-dialect.ts';
export { TableError, type TableErrorCode, type TablePlace } from './table-error.ts';
export { type LabelPlace, numberOf, type TableDialect, type TableForm } from './table-form.ts';
export { countNumbers, type NumberFacts, type NumberForm, noNumbers, numberForm } from './table-numbers.ts';
export { isWithin, labelOf, MOST_FIELDS, readRowInto, wrongCount } from './table-row.ts';
export { largestIndex, splitRow } from './table-split.ts';
export {
  type SampleRow,
  type TableOptions,
  type UnderstoodTable,
  understandTable,
} from './understand-table.ts';
