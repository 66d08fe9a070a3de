/** The levels of an image, one per pixel, row-major. */
export interface Levels {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The closing of an image: the largest level in the square window around each pixel, and of those the smallest.
 * Dark regions narrower than the window disappear, larger ones keep their edges, and light ones stay. The outermost
 * pixels continue beyond the edge, so that a dark region at the edge counts as a large one.
 *
 * Source: P. Soille, Morphological Image Analysis, 2nd edition, section 4.2
 */
export function close(image: Levels, radius: number): Levels {
  return negative(dilate(negative(dilate(image, radius)), radius));
}

/** The opening, the closing of the negative: light lines narrower than the window disappear. */
export function open(image: Levels, radius: number): Levels {
  return negative(close(negative(image), radius));
}

function negative(image: Levels): Levels {
  return { ...image, values: image.values.map((value) => -value) };
}

/** The largest level in the square window of 2 · radius + 1 pixels around each pixel. */
export function dilate({ values, width, height }: Levels, radius: number): Levels {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < height; y++) runningMaximum(rows, values, y * width, 1, width, radius);
  const both = new Float32Array(values.length);
  for (let x = 0; x < width; x++) runningMaximum(both, rows, x, width, height, radius);
  return { values: both, width, height };
}

/** One row or column; the positions in the queue have falling levels, and the first is the window's maximum. */
function runningMaximum(
  out: Float32Array,
  values: Float32Array,
  start: number,
  stride: number,
  count: number,
  radius: number,
): void {
  const queue = new Int32Array(count);
  let first = 0;
  let end = 0;
  for (let next = 0, i = 0; i < count; i++) {
    for (; next < count && next <= i + radius; next++) {
      const value = values[start + next * stride]!;
      while (end > first && values[start + queue[end - 1]! * stride]! <= value) end--;
      queue[end++] = next;
    }
    if (queue[first]! < i - radius) first++;
    out[start + i * stride] = values[start + queue[first]! * stride]!;
  }
}
