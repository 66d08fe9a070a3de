import { assertPicture } from '../shapes.ts';

/** Red, green and blue; a pixel has alpha besides. */
const COLORS = 3;
const CHANNELS = 4;

/** Tones further apart than half of all levels are ink and paper. */
const CONTRAST = 128;

/** A level for each of red, green and blue. */
type Color = readonly number[];

type Pixels = Uint8Array | Uint8ClampedArray;

/**
 * The ink of an image, whether dark on light, light on dark, coloured, or drawn on nothing: how far a pixel is
 * from the paper, in the channel in which it is furthest.
 *
 *   ink = max over channels |level − paper|
 *
 * Paper is the usual colour of the outermost pixels. Where an image is transparent, paper shows through: the
 * usual visible colour; or, if all that is visible has one tone and thus is the ink, black behind a light tone and
 * white behind a dark one.
 *
 * Shapes: rgba (height, width, 4), alpha not multiplied into the colours, as a canvas's ImageData has it; the
 * result (height, width), from 0 (none) to 255. An image and its negative have the same ink.
 *
 * @throws ShapeError when rgba has not 4 · width · height values
 */
export function extractInk(rgba: Pixels, width: number, height: number): Uint8Array<ArrayBuffer> {
  assertPicture('extractInk', 'rgba', rgba, width, height, CHANNELS);
  const pixels = flatten(rgba);
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

/** The image on the paper behind it; the very same where nothing is transparent. */
function flatten(rgba: Pixels): Pixels {
  let least = 255;
  let most = 0;
  for (let k = COLORS; k < rgba.length; k += CHANNELS) {
    if (rgba[k]! < least) least = rgba[k]!;
    if (rgba[k]! > most) most = rgba[k]!;
  }
  if (least === 255) return rgba;

  // The colours of what is hardly visible are seldom meant.
  const visible = (pixel: number): boolean => most > 0 && 2 * rgba[CHANNELS * pixel + COLORS]! >= most;
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

/** The median of each channel over the pixels that are visited. */
function usualColor(pixels: Pixels, visitAll: (visit: (pixel: number) => void) => void): Color {
  const counts = new Uint32Array(COLORS * 256);
  let visits = 0;
  visitAll((pixel) => {
    for (let c = 0; c < COLORS; c++) counts[c * 256 + pixels[CHANNELS * pixel + c]!]!++;
    visits++;
  });
  // Both medians of an even number: their mean is the negative's too.
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

/** How far a pixel is from a colour, in the channel in which it is furthest. */
function distance(pixels: Pixels, pixel: number, color: Color): number {
  let most = 0;
  for (let c = 0; c < COLORS; c++) {
    most = Math.max(most, Math.abs(pixels[CHANNELS * pixel + c]! - color[c]!));
  }
  return most;
}
