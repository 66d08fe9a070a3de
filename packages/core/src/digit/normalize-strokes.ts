import { assertBetween, assertStrokes, assertWholeNumber } from '../shapes.ts';
import { inkBox } from './ink-box.ts';
import { DIGIT_SIDE, normalizeBox, squareTarget } from './normalize-digit.ts';
import { PEN_WIDTH } from './pen-width.ts';

/** A point of a stroke, as a share of the drawing's side: x to the right, y down. */
export interface StrokePoint {
  readonly x: number;
  readonly y: number;
}

/** The path of the pen from touching the paper to lifting off; a single point is a dot. */
export type Stroke = readonly StrokePoint[];

/** Rows and columns of the fine image per pixel of the digit. An edge has up to FINENESS² grey levels. */
const FINENESS = 8;

/** A drawing smaller than this share of its side is a dot, which is not enlarged to the size of a digit. */
const LEAST_EXTENT = 1 / 50;

/**
 * Converts a digit drawn in strokes to an image like MNIST's. The points are scaled to the size of an MNIST digit
 * first and then drawn with a round pen of MNIST's width, so the pen's width does not depend on the size of the drawing.
 * Scaling and centring are those of {@link normalizeDigit}.
 *
 * Shapes: the result is (side, side), a byte per pixel; undefined without any point.
 *
 * @param side rows and columns of the result, 8 to 1024; 28 unless given
 * @param penWidth in pixels of the result; MNIST's pen in proportion unless given
 * @throws ShapeError when a point is not finite, or penWidth is outside 0.5 to 10 pixels of 28
 */
export function normalizeStrokes(
  strokes: readonly Stroke[],
  {
    side: imageSide = DIGIT_SIDE,
    penWidth = (PEN_WIDTH * imageSide) / DIGIT_SIDE,
  }: { readonly penWidth?: number; readonly side?: number } = {},
): Uint8Array<ArrayBuffer> | undefined {
  assertStrokes('normalizeStrokes', strokes);
  assertWholeNumber('normalizeStrokes', 'side', imageSide, 8, 1024);
  assertBetween(
    'normalizeStrokes',
    'penWidth',
    penWidth,
    (0.5 * imageSide) / DIGIT_SIDE,
    (10 * imageSide) / DIGIT_SIDE,
  );
  const target = squareTarget(imageSide);
  const points = strokes.flat();
  if (points.length === 0) return undefined;

  // The fine image shows only the digit's box.
  const side = target.boxSide * FINENESS;
  const radius = (penWidth * FINENESS) / 2;
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const scale = (side - 2 * radius) / Math.max(right - left, bottom - top, LEAST_EXTENT);
  const ink = new Uint8Array(side * side);
  for (const stroke of strokes) {
    let before: StrokePoint | undefined;
    for (const { x, y } of stroke) {
      const point = { x: (x - left) * scale + radius, y: (y - top) * scale + radius };
      drawLine(ink, side, before ?? point, point, radius);
      before = point;
    }
  }
  const box = inkBox(ink, side, side);
  return box && normalizeBox(ink, side, box, { longer: side, growth: 0 }, target);
}

/** Inks every pixel whose centre is within the radius of the line from a to b. */
function drawLine(ink: Uint8Array, side: number, a: StrokePoint, b: StrokePoint, radius: number): void {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squaredLength = dx * dx + dy * dy;
  const lastX = Math.min(Math.ceil(Math.max(a.x, b.x) + radius), side);
  const lastY = Math.min(Math.ceil(Math.max(a.y, b.y) + radius), side);
  for (let row = Math.max(Math.floor(Math.min(a.y, b.y) - radius), 0); row < lastY; row++) {
    for (let column = Math.max(Math.floor(Math.min(a.x, b.x) - radius), 0); column < lastX; column++) {
      const x = column + 0.5 - a.x;
      const y = row + 0.5 - a.y;
      // The nearest point of the line, as a share of the distance from a to b.
      const share = squaredLength === 0 ? 0 : Math.min(Math.max((x * dx + y * dy) / squaredLength, 0), 1);
      const offX = x - share * dx;
      const offY = y - share * dy;
      if (offX * offX + offY * offY <= radius * radius) ink[row * side + column] = 255;
    }
  }
}
