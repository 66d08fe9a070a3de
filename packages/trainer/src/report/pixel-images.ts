import { encodePng } from './encode-png.ts';
import { weightColours } from './theme.ts';

/** An image of so many columns as a data URI: black ink with alpha, for any background. */
export function inkImage(pixels: Uint8Array, width: number): string {
  const rgba = new Uint8Array(4 * pixels.length);
  for (let j = 0; j < pixels.length; j++) rgba[4 * j + 3] = pixels[j]!;
  return dataUri(rgba, width);
}

/** An image of weights: the hue is the sign, the alpha is the magnitude relative to `largest`. */
export function weightImage(weights: Float64Array, width: number, largest: number): string {
  const rgba = new Uint8Array(4 * weights.length);
  for (let j = 0; j < weights.length; j++) {
    const weight = weights[j]!;
    const colour = weight < 0 ? weightColours.negative : weightColours.positive;
    rgba[4 * j] = colour[0];
    rgba[4 * j + 1] = colour[1];
    rgba[4 * j + 2] = colour[2];
    rgba[4 * j + 3] = Math.round((255 * Math.abs(weight)) / largest);
  }
  return dataUri(rgba, width);
}

function dataUri(rgba: Uint8Array, width: number): string {
  return `data:image/png;base64,${encodePng(rgba, width).toString('base64')}`;
}
