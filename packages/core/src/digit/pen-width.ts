import type { Box, Ink } from './ink-box.ts';

/** The mean width of MNIST's pen, in pixels: as a drawing's is measured, over its 60,000 images to train, rounded. */
export const PEN_WIDTH = 2.6;

/**
 * The width of the pen that drew a box's content, in pixels: a line of length L and width w has the area w · L and
 * the outline 2 · L, so
 *
 *   w = 2 · area / outline
 *
 * Ink is what has half of the strongest ink or more. An outline along the edges of pixels is 4/π times as long as
 * the smooth one, in the mean over all directions.
 */
export function measurePen(ink: Ink, stride: number, box: Box): number {
  let most = 0;
  for (let y = 0; y < box.height; y++) {
    const row = (box.top + y) * stride + box.left;
    for (let x = 0; x < box.width; x++) if (ink[row + x]! > most) most = ink[row + x]!;
  }
  const isInk = (x: number, y: number): boolean =>
    x >= 0 &&
    y >= 0 &&
    x < box.width &&
    y < box.height &&
    2 * ink[(box.top + y) * stride + box.left + x]! >= most;
  let area = 0;
  let edges = 0;
  for (let y = 0; y <= box.height; y++) {
    for (let x = 0; x <= box.width; x++) {
      const here = isInk(x, y);
      if (here) area++;
      if (here !== isInk(x - 1, y)) edges++;
      if (here !== isInk(x, y - 1)) edges++;
    }
  }
  return (2 * area) / ((edges * Math.PI) / 4);
}
