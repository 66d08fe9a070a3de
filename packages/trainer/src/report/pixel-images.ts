import { encode } from 'fast-png';
import { weightColours } from './theme.ts';

/** A square image as a data URI: ink with alpha, so that it stands on any ground. */
export function inkImage(pixels: Uint8Array): string {
  const side = Math.sqrt(pixels.length);
  const values = new Uint8Array(2 * pixels.length);
  for (const [j, ink] of pixels.entries()) values[2 * j + 1] = ink;
  return dataUri(encode({ width: side, height: side, data: values, channels: 2, depth: 8 }));
}

/** A square image of weights: the sign is the hue, the size against `largest` the alpha. */
export function weightImage(weights: Float64Array, largest: number): string {
  const side = Math.sqrt(weights.length);
  const values = new Uint8Array(4 * weights.length);
  for (const [j, weight] of weights.entries()) {
    values.set(weight < 0 ? weightColours.negative : weightColours.positive, 4 * j);
    values[4 * j + 3] = Math.round((255 * Math.abs(weight)) / largest);
  }
  return dataUri(encode({ width: side, height: side, data: values, channels: 4, depth: 8 }));
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
