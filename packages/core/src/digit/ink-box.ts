/** The ink of each pixel, row by row: bytes from 0 (no ink) to 255, or floats from 0 to 1. */
export type Ink = Uint8Array | Uint8ClampedArray | Float32Array;

/** A rectangle of an image, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An image whose strongest ink is below this share of full ink is empty. */
const LEAST_INK = 1 / 16;

/** Ink below this share of the strongest ink does not count for the digit's box, because it may be noise. */
const LEAST_SHARE = 1 / 4;

/** The level of full ink. */
export function fullInk(ink: Ink): number {
  return ink instanceof Float32Array ? 1 : 255;
}

/** The box of the ink, and the noise outside. */
interface InkPlace extends Box {
  /** The strongest level outside the ink; below a quarter of the strongest ink. */
  readonly noise: number;
}

/** The box around the pixels that are certainly ink, one pixel larger at a paler edge; undefined without ink. */
export function inkBox(ink: Ink, width: number, height: number): InkPlace | undefined {
  const most = strongest(ink, width, 0, width - 1, 0, height - 1);
  if (most < LEAST_INK * fullInk(ink)) return undefined;

  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! < LEAST_SHARE * most) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }

  // A soft edge is ink, too. It extends at most two of the digit's 20 pixels.
  const margin = 1 + Math.ceil(Math.max(right - left + 1, bottom - top + 1) / 10);
  const noise = Math.max(
    strongest(ink, width, 0, width - 1, 0, top - margin),
    strongest(ink, width, 0, width - 1, bottom + margin, height - 1),
    strongest(ink, width, 0, left - margin, 0, height - 1),
    strongest(ink, width, right + margin, width - 1, 0, height - 1),
  );
  const edge = (x0: number, x1: number, y0: number, y1: number): number =>
    x0 >= 0 && x1 < width && y0 >= 0 && y1 < height && strongest(ink, width, x0, x1, y0, y1) > noise ? 1 : 0;
  const west = edge(left - 1, left - 1, top, bottom);
  const east = edge(right + 1, right + 1, top, bottom);
  const north = edge(left, right, top - 1, top - 1);
  const south = edge(left, right, bottom + 1, bottom + 1);
  return {
    left: left - west,
    top: top - north,
    width: west + right - left + 1 + east,
    height: north + bottom - top + 1 + south,
    noise,
  };
}

/** The strongest level in a rectangle, both ends included; 0 if the rectangle is empty. */
function strongest(ink: Ink, width: number, x0: number, x1: number, y0: number, y1: number): number {
  let most = 0;
  for (let y = Math.max(y0, 0); y <= y1 && y * width < ink.length; y++) {
    for (let x = x0; x <= x1; x++) if (ink[y * width + x]! > most) most = ink[y * width + x]!;
  }
  return most;
}

/** Removes the noise: maps the levels from noise to full ink linearly to the range from 0 to 1. */
export function withoutNoise(ink: Ink, noise: number): Ink {
  if (noise === 0) return ink;
  const full = fullInk(ink);
  const clean = new Float32Array(ink.length);
  for (let k = 0; k < ink.length; k++) clean[k] = Math.max(ink[k]! - noise, 0) / (full - noise);
  return clean;
}
