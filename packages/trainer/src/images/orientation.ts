import type { RgbaImage } from './png.ts';

/** The tag of the orientation, and of a whole number of two bytes. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation of an image, 1 to 8; 1, upright, where EXIF says nothing that can be read.
 *
 * @param exif a TIFF header and its first directory, as in PNG's eXIf and behind `Exif` in a JPEG's APP1
 *
 * Source: CIPA DC-008 (Exif 3.0), sections 4.5 and 4.6.5.1
 */
export function exifOrientation(exif: Buffer | undefined): number {
  if (exif === undefined || exif.length < 8) return 1;
  const order = exif.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return 1;
  const isLittle = order === 'II';
  const two = (at: number): number => (isLittle ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const directory = isLittle ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (directory + 2 > exif.length) return 1;
  for (let entry = 0; entry < two(directory); entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > exif.length) return 1;
    if (two(at) !== ORIENTATION || two(at + 2) !== SHORT) continue;
    const orientation = two(at + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** Turns and mirrors the image so that its first row is the top of the scene, and its first column the left. */
export function upright(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const { width, height, rgba } = image;
  const isTurned = orientation >= 5;
  const [toWidth, toHeight] = isTurned ? [height, width] : [width, height];
  // Where the first row and the first column of the stored image lie in the scene.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const from = new Uint32Array(new Uint8Array(rgba).buffer);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const [storedX, storedY] = isTurned ? [y, x] : [x, y];
      const column = fromRight ? width - 1 - storedX : storedX;
      const row = fromBottom ? height - 1 - storedY : storedY;
      to[y * toWidth + x] = from[row * width + column]!;
    }
  }
  return { width: toWidth, height: toHeight, rgba: new Uint8Array(to.buffer) };
}
