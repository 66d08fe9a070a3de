/** @micronn/core/data: what tables of images and labels mean. */
export { areDigits, type Classes, classesOf, DIGITS, labelText, MOST_CLASSES } from './classes.ts';
export { BYTES, byteOf, type PixelFacts, type PixelRange, rangeOf, rangeText } from './pixel-range.ts';
