/**
 * The pixels of an IDX file of images, scaled to 0–1, and the number
 * of images.
 */
export function readImages(file: Uint8Array): {
  x: Float64Array;
  count: number;
} {
  const header = new DataView(file.buffer, file.byteOffset, 16);
  if (header.getUint32(0) !== 0x0803)
    throw new Error('not an IDX file of images');
  const [count, rows, columns] = [4, 8, 12].map((at) =>
    header.getUint32(at),
  ) as [number, number, number];
  const pixels = file.subarray(16, 16 + count * rows * columns);
  return {
    x: Float64Array.from(pixels, (pixel) => pixel / 255),
    count,
  };
}

/** A line of Kaggle's CSV: the label, then 784 pixels. */
export function readLine(line: string): {
  label: number;
  x: Float64Array;
} {
  const [label, ...pixels] = line.split(',').map(Number) as [
    number,
    ...number[],
  ];
  return {
    label,
    x: Float64Array.from(pixels, (pixel) => pixel / 255),
  };
}
