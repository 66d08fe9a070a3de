/** @micronn/core/data: what tables of images and labels mean. */
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
