import type { Box } from './ink-box.ts';

/** Pixels that touch at a side or a corner. */
export interface Component extends Box {
  /** Positions of its pixels in the image. */
  readonly pixels: readonly number[];
}

/** The connected components of a mask, whose pixels are 0 or not; a diagonal neighbour is connected. */
export function findComponents(mask: Uint8Array, width: number, height: number): Component[] {
  const isSeen = new Uint8Array(mask.length);
  const components: Component[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || isSeen[start] === 1) continue;
    const pixels = [start];
    isSeen[start] = 1;
    let [left, right, top, bottom] = [width, -1, height, -1];
    for (let k = 0; k < pixels.length; k++) {
      const x = pixels[k]! % width;
      const y = (pixels[k]! - x) / width;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
        for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
          const neighbour = ny * width + nx;
          if (mask[neighbour] === 0 || isSeen[neighbour] === 1) continue;
          isSeen[neighbour] = 1;
          pixels.push(neighbour);
        }
      }
    }
    components.push({ left, top, width: right - left + 1, height: bottom - top + 1, pixels });
  }
  return components;
}
