import { assertImage } from '../shapes.ts';

/** Red, green and blue; alpha is a pixel's fourth channel. */
const COLORS = 3;
const CHANNELS = 4;

/** Two tones at least this many levels apart are ink and paper. */
const CONTRAST = 128;

/** A level for each of red, green and blue. */
type Color = readonly number[];

type Pixels = Uint8Array | Uint8ClampedArray;

/**
 * The ink of an image that is dark on light, light on dark, coloured, or drawn on a transparent background. The ink of
 * a pixel is its distance from the paper's colour, in the channel with the largest distance:
 *
 *   ink = max over channels |level − paper|
 *
 * The paper's colour is the median colour of the outermost pixels. In a transparent image, the paper behind it has the
 * median visible colour; but if all visible pixels have one tone, they are the ink, and the paper is black behind a
 * light tone and white behind a dark one.
 *
 * Shapes: rgba is (height, width, 4) with alpha not premultiplied, as in a canvas's ImageData; the result is
 * (height, width), from 0 (no ink) to 255. An image and its negative have the same ink.
 *
 * @throws ShapeError when rgba does not have 4 · width · height values
 */
export function extractInk(rgba: Pixels, width: number, height: number): Uint8Array<ArrayBuffer> {
  assertImage('extractInk', 'rgba', rgba, width, height, CHANNELS);
  const pixels = compositeOntoPaper(rgba);
  const paper = usualColor(pixels, (visit) => {
    for (let x = 0; x < width; x++) {
      visit(x);
      visit((height - 1) * width + x);
    }
    for (let y = 0; y < height; y++) {
      visit(y * width);
      visit(y * width + width - 1);
    }
  });
  const ink = new Uint8Array(width * height);
  for (let pixel = 0; pixel < ink.length; pixel++)
    ink[pixel] = Math.floor(distance(pixels, pixel, paper) + 0.5);
  return ink;
}

/** The image composited onto the paper; the image itself if it is opaque. */
export function compositeOntoPaper(rgba: Pixels): Pixels {
  let least = 255;
  let most = 0;
  for (let k = COLORS; k < rgba.length; k += CHANNELS) {
    if (rgba[k]! < least) least = rgba[k]!;
    if (rgba[k]! > most) most = rgba[k]!;
  }
  if (least === 255) return rgba;

  // The colours of transparent pixels are often arbitrary, and those of half-transparent ones lie between ink and paper.
  const visible = (pixel: number): boolean => most > 0 && 10 * rgba[CHANNELS * pixel + COLORS]! >= 9 * most;
  const count = rgba.length / CHANNELS;
  const tone = usualColor(rgba, (visit) => {
    for (let pixel = 0; pixel < count; pixel++) if (visible(pixel)) visit(pixel);
  });
  let hasTwoTones = false;
  for (let pixel = 0; pixel < count && !hasTwoTones; pixel++) {
    hasTwoTones = visible(pixel) && distance(rgba, pixel, tone) >= CONTRAST;
  }
  const behind = hasTwoTones ? tone : opposite(tone);
  const flat = new Uint8Array(rgba.length);
  for (let k = 0; k < rgba.length; k++) {
    const alpha = rgba[k - (k % CHANNELS) + COLORS]!;
    const level = rgba[k]! * alpha + (behind[k % CHANNELS] ?? 0) * (255 - alpha);
    flat[k] = Math.floor(level / 255 + 0.5);
  }
  return flat;
}

function opposite(tone: Color): Color {
  const isDark = tone.reduce((sum, level) => sum + level) < COLORS * CONTRAST;
  return tone.map(() => (isDark ? 255 : 0));
}

/** The median of each channel over the visited pixels. */
function usualColor(pixels: Pixels, visitAll: (visit: (pixel: number) => void) => void): Color {
  const counts = new Uint32Array(COLORS * 256);
  let visits = 0;
  visitAll((pixel) => {
    for (let c = 0; c < COLORS; c++) counts[c * 256 + pixels[CHANNELS * pixel + c]!]!++;
    visits++;
  });
  // The mean of the two middle levels, so that the negative has the negative median.
  const levelAt = (c: number, place: number): number => {
    let level = 0;
    for (let below = counts[c * 256]!; below <= place; below += counts[c * 256 + level]!) level++;
    return level;
  };
  const lower = Math.floor((visits - 1) / 2);
  const upper = Math.floor(visits / 2);
  return Array.from({ length: COLORS }, (_, c) =>
    visits === 0 ? 0 : (levelAt(c, lower) + levelAt(c, upper)) / 2,
  );
}

/** The distance of a pixel from a colour: the largest distance of its channels. */
function distance(pixels: Pixels, pixel: number, color: Color): number {
  let most = 0;
  for (let c = 0; c < COLORS; c++) {
    most = Math.max(most, Math.abs(pixels[CHANNELS * pixel + c]! - color[c]!));
  }
  return most;
}
