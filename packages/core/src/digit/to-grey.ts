import { assertLength } from '../shapes.ts';
import { compositeOntoPaper } from './extract-ink.ts';

/** Rec. 601 luma, in thousandths: their sum is 1000, so that equal channels keep their level. */
const RED = 299;
const GREEN = 587;
const BLUE = 114;

/**
 * The grey levels of a coloured image, by the luma of Rec. 601:
 *
 *   grey = ⌊(299 · red + 587 · green + 114 · blue) / 1000 + ½⌋
 *
 * A pixel whose three channels are equal keeps its level exactly. A transparent image is composited first, onto the
 * paper that `extractInk` assumes behind it.
 *
 * Shapes: rgba is (pixels, 4) with alpha not premultiplied; the result is (pixels), bytes.
 *
 * Source: ITU-R BT.601, section 2.5.1
 *
 * @throws ShapeError when rgba does not have four values per pixel
 */
export function toGrey(rgba: Uint8Array | Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  assertLength('toGrey', 'rgba', rgba, 4 * Math.ceil(rgba.length / 4));
  const flat = compositeOntoPaper(rgba);
  const grey = new Uint8Array(rgba.length / 4);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const k = 4 * pixel;
    grey[pixel] = Math.floor((RED * flat[k]! + GREEN * flat[k + 1]! + BLUE * flat[k + 2]! + 500) / 1000);
  }
  return grey;
}
