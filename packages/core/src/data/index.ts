/** @micronn/core/data: what tables of images and labels mean, and how files hold them. */
export { type ArffHeader, parseArff } from './arff.ts';
export { type ArrayName, parseArrayName } from './array-names.ts';
export { type ArrayPart, type ArraySet, type NamedShape, pairArrays, type SetName } from './array-sets.ts';
export { areDigits, type Classes, classesOf, DIGITS, labelText, MOST_CLASSES } from './classes.ts';
export { type FileKind, fileKind, KIND_BYTES, kindText } from './file-kind.ts';
export { type IdxHeader, isIdx, MOST_IDX_HEADER_BYTES, parseIdxHeader } from './idx.ts';
export { createImageWriter, greyInto, type ImageLayout, imageLayout } from './image-arrays.ts';
export { type KnownSet, knownSet, type NamesByLabel } from './known-names.ts';
export { labelNumbers } from './label-arrays.ts';
export { type LabelNames, parseLabelNames } from './label-names.ts';
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
export {
  decodeTexts,
  isNpy,
  isText,
  MOST_NPY_HEADER_BYTES,
  type NpyHeader,
  parseNpyHeader,
  type TextType,
} from './npy.ts';
export {
  areBytes,
  DataFormatError,
  decodeNumbers,
  elementsOf,
  type NumberType,
  shapeText,
} from './number-type.ts';
export { createPixelMeter, type PixelMeter } from './pixel-meter.ts';
export { BYTES, byteOf, type PixelFacts, type PixelRange, rangeOf, rangeText } from './pixel-range.ts';
export { dialectOf, mistakenFor } from './table-dialect.ts';
export { TableError, type TableErrorCode, type TablePlace } from './table-error.ts';
export { type LabelPlace, numberOf, type TableDialect, type TableForm } from './table-form.ts';
export { countNumbers, type NumberFacts, type NumberForm, noNumbers, numberForm } from './table-numbers.ts';
export type { SampleRow, TableOptions } from './table-roles.ts';
export { isWithin, labelOf, MOST_FIELDS, readRowInto, wrongCount } from './table-row.ts';
export { largestIndex, splitRow } from './table-split.ts';
export {
  type UnderstoodTable,
  understandTable,
} from './understand-table.ts';
