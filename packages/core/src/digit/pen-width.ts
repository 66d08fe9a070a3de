import type { Box, Ink } from './ink-box.ts';

/** The mean pen width of MNIST's 60,000 training images in pixels, as `measurePen` measures it, rounded. */
export const PEN_WIDTH = 2.6;

/**
 * The width of the pen that drew the content of a box, in pixels. A line of length L and width w has the area w · L and
 * the outline 2 · L, so
 *
 *   w = 2 · area / outline
 *
 * A pixel is ink if it has at least half of the strongest ink. An outline along pixel edges is 4/π times as long as the
 * smooth outline, on average over all directions.
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
