/** How much ink is where, row after row: a byte each from 0 (none) to 255, or a float each from 0 to 1. */
export type Ink = Uint8Array | Uint8ClampedArray | Float32Array;

/** A part of an image, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An image whose strongest ink is below this share of full ink shows nothing. */
const LEAST_INK = 1 / 16;

/** Ink below this share of the strongest does not decide where the digit begins: it may be noise. */
const LEAST_SHARE = 1 / 4;

/** The level of full ink. */
export function fullInk(ink: Ink): number {
  return ink instanceof Float32Array ? 1 : 255;
}

/** Where the ink is, and what else there is. */
interface InkPlace extends Box {
  /** The strongest level away from the ink; it is below a quarter of the strongest ink. */
  readonly noise: number;
}

/** The box around what is surely ink, a pixel larger where there is a paler edge; none without ink. */
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

  // A soft edge is ink too: it ends within two of the digit's 20 pixels.
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

/** The strongest level in a part of the image, its ends included; 0 where there is none of it. */
function strongest(ink: Ink, width: number, x0: number, x1: number, y0: number, y1: number): number {
  let most = 0;
  for (let y = Math.max(y0, 0); y <= y1 && y * width < ink.length; y++) {
    for (let x = x0; x <= x1; x++) if (ink[y * width + x]! > most) most = ink[y * width + x]!;
  }
  return most;
}

/** Takes the noise off, and as much less the stronger the ink is: from none of it up to full ink. */
export function withoutNoise(ink: Ink, noise: number): Ink {
  if (noise === 0) return ink;
  const full = fullInk(ink);
  return Float32Array.from(ink, (level) => Math.max(level - noise, 0) / (full - noise));
}
