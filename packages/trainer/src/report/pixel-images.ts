import { PNG } from 'pngjs';
import { weightColours } from './theme.ts';

/** A square image as a data URI: black ink with alpha, for any background. */
export function inkImage(pixels: Uint8Array): string {
  return squareImage(pixels.length, (rgba, j) => {
    rgba[4 * j + 3] = pixels[j]!;
  });
}

/** A square image of weights: the hue is the sign, the alpha is the magnitude relative to `largest`. */
export function weightImage(weights: Float64Array, largest: number): string {
  return squareImage(weights.length, (rgba, j) => {
    const weight = weights[j]!;
    rgba.set(weight < 0 ? weightColours.negative : weightColours.positive, 4 * j);
    rgba[4 * j + 3] = Math.round((255 * Math.abs(weight)) / largest);
  });
}

/** For so few pixels, choosing PNG filters costs more time than it saves bytes. */
const unfiltered = { filterType: 0, deflateStrategy: 0, deflateLevel: 6 };

function squareImage(pixels: number, paint: (rgba: Uint8Array, j: number) => void): string {
  const side = Math.sqrt(pixels);
  const png = new PNG({ width: side, height: side });
  png.data.fill(0);
  for (let j = 0; j < pixels; j++) paint(png.data, j);
  return `data:image/png;base64,${PNG.sync.write(png, unfiltered).toString('base64')}`;
}
