// The two products that training consists of, over the active inputs of a block of samples.
//
// An entry is 8 bytes: the byte offset of the input's row of W (u32), and the input's value (f32). W is
// input-major, padded to four lanes, so an entry meets the outputs of its input side by side.
//
// A wide W is kept in tiles of 32 outputs, all rows of a tile one after another: they are what fits into
// registers, and a tile's pages and cache lines stay at hand while all samples of the block go through it. (In
// rows of full width every entry would ask for another page.)
//
// All products take: the entries of sample k at entries + k·entryStep, counts[k] of them; n samples; `width` bytes
// of outputs; `tileBytes` from one tile to the next.
const ENTRY: usize = 8;
/** Bytes of a full tile's row. */
export const TILE: usize = 128;

// @ts-ignore: decorator
@inline
function forward8(entries: usize, end: usize, W: usize, b: usize, z: usize): void {
  let s0 = v128.load(b, 0);
  let s1 = v128.load(b, 16);
  let s2 = v128.load(b, 32);
  let s3 = v128.load(b, 48);
  let s4 = v128.load(b, 64);
  let s5 = v128.load(b, 80);
  let s6 = v128.load(b, 96);
  let s7 = v128.load(b, 112);
  while (entries < end) {
    const row = W + <usize>load<u32>(entries);
    const x = v128.load_splat<f32>(entries, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    entries += ENTRY;
  }
  v128.store(z, s0, 0);
  v128.store(z, s1, 16);
  v128.store(z, s2, 32);
  v128.store(z, s3, 48);
  v128.store(z, s4, 64);
  v128.store(z, s5, 80);
  v128.store(z, s6, 96);
  v128.store(z, s7, 112);
}

// @ts-ignore: decorator
@inline
function forward3(entries: usize, end: usize, W: usize, b: usize, z: usize): void {
  // Two sets of sums, over every other entry: with three vectors alone, each addition would wait for the last.
  let s0 = v128.load(b, 0);
  let s1 = v128.load(b, 16);
  let s2 = v128.load(b, 32);
  let t0 = f32x4.splat(0);
  let t1 = f32x4.splat(0);
  let t2 = f32x4.splat(0);
  const whole = entries + ((end - entries) & ~(4 * ENTRY - 1));
  while (entries < whole) {
    const row0 = W + <usize>load<u32>(entries, 0);
    const x0 = v128.load_splat<f32>(entries, 4);
    const row1 = W + <usize>load<u32>(entries, 8);
    const x1 = v128.load_splat<f32>(entries, 12);
    const row2 = W + <usize>load<u32>(entries, 16);
    const x2 = v128.load_splat<f32>(entries, 20);
    const row3 = W + <usize>load<u32>(entries, 24);
    const x3 = v128.load_splat<f32>(entries, 28);
    s0 = f32x4.add(s0, f32x4.mul(x0, v128.load(row0, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x0, v128.load(row0, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x0, v128.load(row0, 32)));
    t0 = f32x4.add(t0, f32x4.mul(x1, v128.load(row1, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x1, v128.load(row1, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x1, v128.load(row1, 32)));
    s0 = f32x4.add(s0, f32x4.mul(x2, v128.load(row2, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x2, v128.load(row2, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x2, v128.load(row2, 32)));
    t0 = f32x4.add(t0, f32x4.mul(x3, v128.load(row3, 0)));
    t1 = f32x4.add(t1, f32x4.mul(x3, v128.load(row3, 16)));
    t2 = f32x4.add(t2, f32x4.mul(x3, v128.load(row3, 32)));
    entries += 4 * ENTRY;
  }
  while (entries < end) {
    const row = W + <usize>load<u32>(entries);
    const x = v128.load_splat<f32>(entries, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    entries += ENTRY;
  }
  v128.store(z, f32x4.add(s0, t0), 0);
  v128.store(z, f32x4.add(s1, t1), 16);
  v128.store(z, f32x4.add(s2, t2), 32);
}

// @ts-ignore: decorator
@inline
function forward1(entries: usize, end: usize, W: usize, b: usize, z: usize): void {
  let s = v128.load(b);
  while (entries < end) {
    const row = W + <usize>load<u32>(entries);
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(entries, 4), v128.load(row)));
    entries += ENTRY;
  }
  v128.store(z, s);
}

/** z = W·x + b. */
export function forwardBlock(
  entries: usize,
  entryStep: usize,
  counts: usize,
  n: usize,
  width: usize,
  tileBytes: usize,
  W: usize,
  b: usize,
  z: usize,
  zStep: usize,
): void {
  let column: usize = 0;
  let tile = W;
  for (; column + TILE <= width; column += TILE) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      forward8(first, end, tile, b + column, z + k * zStep + column);
    }
    tile += tileBytes;
  }
  for (; column + 48 <= width; column += 48) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      forward3(first, end, tile, b + column, z + k * zStep + column);
    }
    tile += 48;
  }
  for (; column < width; column += 16) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      forward1(first, end, tile, b + column, z + k * zStep + column);
    }
    tile += 16;
  }
}

// @ts-ignore: decorator
@inline
function addOuter8(entries: usize, end: usize, dW: usize, dz: usize): void {
  const d0 = v128.load(dz, 0);
  const d1 = v128.load(dz, 16);
  const d2 = v128.load(dz, 32);
  const d3 = v128.load(dz, 48);
  const d4 = v128.load(dz, 64);
  const d5 = v128.load(dz, 80);
  const d6 = v128.load(dz, 96);
  const d7 = v128.load(dz, 112);
  while (entries < end) {
    const row = dW + <usize>load<u32>(entries);
    const x = v128.load_splat<f32>(entries, 4);
    v128.store(row, f32x4.add(v128.load(row, 0), f32x4.mul(x, d0)), 0);
    v128.store(row, f32x4.add(v128.load(row, 16), f32x4.mul(x, d1)), 16);
    v128.store(row, f32x4.add(v128.load(row, 32), f32x4.mul(x, d2)), 32);
    v128.store(row, f32x4.add(v128.load(row, 48), f32x4.mul(x, d3)), 48);
    v128.store(row, f32x4.add(v128.load(row, 64), f32x4.mul(x, d4)), 64);
    v128.store(row, f32x4.add(v128.load(row, 80), f32x4.mul(x, d5)), 80);
    v128.store(row, f32x4.add(v128.load(row, 96), f32x4.mul(x, d6)), 96);
    v128.store(row, f32x4.add(v128.load(row, 112), f32x4.mul(x, d7)), 112);
    entries += ENTRY;
  }
}

// @ts-ignore: decorator
@inline
function addOuter3(entries: usize, end: usize, dW: usize, dz: usize): void {
  const d0 = v128.load(dz, 0);
  const d1 = v128.load(dz, 16);
  const d2 = v128.load(dz, 32);
  const whole = entries + ((end - entries) & ~(2 * ENTRY - 1));
  while (entries < whole) {
    const row0 = dW + <usize>load<u32>(entries, 0);
    const x0 = v128.load_splat<f32>(entries, 4);
    v128.store(row0, f32x4.add(v128.load(row0, 0), f32x4.mul(x0, d0)), 0);
    v128.store(row0, f32x4.add(v128.load(row0, 16), f32x4.mul(x0, d1)), 16);
    v128.store(row0, f32x4.add(v128.load(row0, 32), f32x4.mul(x0, d2)), 32);
    const row1 = dW + <usize>load<u32>(entries, 8);
    const x1 = v128.load_splat<f32>(entries, 12);
    v128.store(row1, f32x4.add(v128.load(row1, 0), f32x4.mul(x1, d0)), 0);
    v128.store(row1, f32x4.add(v128.load(row1, 16), f32x4.mul(x1, d1)), 16);
    v128.store(row1, f32x4.add(v128.load(row1, 32), f32x4.mul(x1, d2)), 32);
    entries += 2 * ENTRY;
  }
  while (entries < end) {
    const row = dW + <usize>load<u32>(entries);
    const x = v128.load_splat<f32>(entries, 4);
    v128.store(row, f32x4.add(v128.load(row, 0), f32x4.mul(x, d0)), 0);
    v128.store(row, f32x4.add(v128.load(row, 16), f32x4.mul(x, d1)), 16);
    v128.store(row, f32x4.add(v128.load(row, 32), f32x4.mul(x, d2)), 32);
    entries += ENTRY;
  }
}

// @ts-ignore: decorator
@inline
function addOuter1(entries: usize, end: usize, dW: usize, dz: usize): void {
  const d = v128.load(dz);
  while (entries < end) {
    const row = dW + <usize>load<u32>(entries);
    v128.store(row, f32x4.add(v128.load(row), f32x4.mul(v128.load_splat<f32>(entries, 4), d)));
    entries += ENTRY;
  }
}

/** dW += dz·xᵀ and db += dz, in the order of the samples. */
export function addOuterBlock(
  entries: usize,
  entryStep: usize,
  counts: usize,
  n: usize,
  width: usize,
  tileBytes: usize,
  dW: usize,
  db: usize,
  dz: usize,
  dzStep: usize,
): void {
  let column: usize = 0;
  let tile = dW;
  for (; column + TILE <= width; column += TILE) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      addOuter8(first, end, tile, dz + k * dzStep + column);
    }
    tile += tileBytes;
  }
  for (; column + 48 <= width; column += 48) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      addOuter3(first, end, tile, dz + k * dzStep + column);
    }
    tile += 48;
  }
  for (; column < width; column += 16) {
    for (let k: usize = 0; k < n; k++) {
      const first = entries + k * entryStep;
      const end = first + <usize>load<u32>(counts + (k << 2)) * ENTRY;
      addOuter1(first, end, tile, dz + k * dzStep + column);
    }
    tile += 16;
  }
  for (column = 0; column < width; column += 16) {
    let sum = v128.load(db + column);
    for (let k: usize = 0; k < n; k++) sum = f32x4.add(sum, v128.load(dz + k * dzStep + column));
    v128.store(db + column, sum);
  }
}

/** The dot product of a row of W, in its tiles, with a vector of `width` bytes: four lanes, then their sum. */
// @ts-ignore: decorator
@inline
export function dotRow(row: usize, dz: usize, width: usize, tileBytes: usize): f32 {
  let sums = f32x4.splat(0);
  const end = dz + width;
  while (dz < end) {
    const tileEnd = min(dz + TILE, end);
    for (let at = row; dz < tileEnd; at += 16, dz += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(at), v128.load(dz)));
    }
    row += tileBytes;
  }
  return sumLanes(sums);
}

/** (lane 0 + lane 2) + (lane 1 + lane 3). */
// @ts-ignore: decorator
@inline
export function sumLanes(sums: v128): f32 {
  return (
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 2) +
    (f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 3))
  );
}
