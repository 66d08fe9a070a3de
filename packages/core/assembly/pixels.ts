// The first layer, over the samples' lists of pixels that are not 0: about one in five.
//
// W is input-major, so a pixel meets the outputs of its row side by side. A wide W is kept in tiles of 64 outputs, all
// rows of a tile one after another: they are what fits into registers, where vectors are joined, and a tile's pages and
// cache lines stay at hand while all samples of the block go through it. (In rows of full width every pixel would ask for
// another page.) What is left beside whole tiles is taken 32 outputs at a time.
//
// The rows are dealt out to segments like cards, and each worker owns some segments: it alone reads and changes
// their rows, so that W never leaves its core's cache. Only sums over a segment do.
//
// Here and in the other files two vectors that lie side by side are loaded before either is stored, with offsets that
// are constants, and stored from the last to the first: so V8 can join them into one of eight numbers, where it is asked
// to and the processor has those.
import { piecesOf } from './lists';
import {
  BIASES, BY_ROW, FIRST_ROWS, pointer, ROW_BYTES, SCALED, STRIDE, TILE_BYTES, WIDTH, Z,
} from './network';

/** Bytes of a full tile's row. */
export const TILE: usize = 256;
/** Bytes of what a smaller one is taken in. */
export const UNIT: usize = 128;

/** From a column on, all in bytes: a whole tile, if there is one, or a unit. */
// @ts-ignore: decorator
@inline
export function columnsFrom(column: usize, width: usize): usize {
  return column + TILE <= width ? TILE : UNIT;
}

/** Where a column of what is kept in tiles lies, `tileBytes` from one tile to the next. */
// @ts-ignore: decorator
@inline
export function inTiles(column: usize, tileBytes: usize): usize {
  return (column / TILE) * tileBytes + (column % TILE);
}

// @ts-ignore: decorator
@inline
export function firstRowOf(net: usize, segment: usize): usize {
  return <usize>load<u32>(pointer(net, FIRST_ROWS) + (segment << 2));
}

/**
 * Σ W·x over the rows of each of the segments [first … last), for n samples whose entries were located: into
 * partials + segment·partialStep, `width` bytes per sample. Segments 2i and 2i + 1 are a pair: who has both adds the
 * second onto the first, which leaves half as much to hand from core to core.
 */
export function forwardPixels(net: usize, layer: usize, n: usize, first: usize, last: usize, W: usize, partials: usize, partialStep: usize): void {
  const width = pointer(layer, WIDTH);
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  for (let column: usize = 0; column < width; ) {
    const columns = columnsFrom(column, width);
    for (let segment = first; segment < last; segment++) {
      const rows = W + inTiles(column, tileBytes) + firstRowOf(net, segment) * stride;
      const onto = segment > first && (segment & 1) == 1;
      const target = partials + column + (onto ? segment - 1 : segment) * partialStep;
      if (columns == TILE) pieces16(net, segment, n, rows, stride, target, width, onto);
      else pieces8(net, segment, n, rows, stride, target, width, onto);
    }
    column += columns;
  }
}

/** z = Σ over `pairs` of segments + b, for n samples; `pairStep` bytes from one pair's partials to the next's. */
export function sumPartials(layer: usize, parameters: usize, n: usize, partials: usize, pairStep: usize, pairs: usize): void {
  const b = parameters + pointer(layer, BIASES);
  let z = pointer(layer, Z);
  const width = pointer(layer, WIDTH);
  const all = pairs * pairStep;
  for (let k: usize = 0; k < n; k++) {
    const end = partials + width;
    let bias = b;
    for (; partials + 32 <= end; partials += 32) {
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      for (let at = partials; at < partials + all; at += pairStep) {
        sum0 = f32x4.add(sum0, v128.load(at, 0));
        sum1 = f32x4.add(sum1, v128.load(at, 16));
      }
      sum0 = f32x4.add(sum0, v128.load(bias, 0));
      sum1 = f32x4.add(sum1, v128.load(bias, 16));
      v128.store(z, sum1, 16);
      v128.store(z, sum0, 0);
      bias += 32;
      z += 32;
    }
    if (partials < end) {
      let sum = f32x4.splat(0);
      for (let at = partials; at < partials + all; at += pairStep) sum = f32x4.add(sum, v128.load(at));
      v128.store(z, f32x4.add(sum, v128.load(bias)));
      partials += 16;
      z += 16;
    }
  }
}

/** A segment's rows of one tile, or unit: `vectors` of outputs, a constant where it is called. */
// @ts-ignore: decorator
@inline
function overPieces(vectors: i32, net: usize, segment: usize, n: usize, rows: usize, stride: usize, target: usize, width: usize, onto: bool): void {
  const scaled = pointer(net, SCALED);
  const begins = piecesOf(net, segment);
  const ends = piecesOf(net, segment + 1);
  for (let k: usize = 0; k < n; k++, target += width) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const count = (<usize>load<u32>(ends + (k << 2)) - begin) >> 1;
    forward(vectors, begin, begin + count, count, scaled, rows, stride, target, onto);
  }
}

function pieces16(net: usize, segment: usize, n: usize, rows: usize, stride: usize, target: usize, width: usize, onto: bool): void {
  overPieces(16, net, segment, n, rows, stride, target, width, onto);
}

function pieces8(net: usize, segment: usize, n: usize, rows: usize, stride: usize, target: usize, width: usize, onto: bool): void {
  overPieces(8, net, segment, n, rows, stride, target, width, onto);
}

/** From step to end: an entry's value lies `count` bytes behind its step, the number of rows from the entry before it. */
// @ts-ignore: decorator
@inline
function forward(vectors: i32, step: usize, end: usize, count: usize, scaled: usize, row: usize, stride: usize, z: usize, onto: bool): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  let s8 = s0;
  let s9 = s0;
  let s10 = s0;
  let s11 = s0;
  let s12 = s0;
  let s13 = s0;
  let s14 = s0;
  let s15 = s0;
  for (; step < end; step++) {
    row += <usize>load<u8>(step) * (vectors == 16 ? TILE : stride);
    const x = v128.load_splat<f32>(scaled + (<usize>load<u8>(step + count) << 2));
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    if (vectors == 16) {
      s8 = f32x4.add(s8, f32x4.mul(x, v128.load(row, 128)));
      s9 = f32x4.add(s9, f32x4.mul(x, v128.load(row, 144)));
      s10 = f32x4.add(s10, f32x4.mul(x, v128.load(row, 160)));
      s11 = f32x4.add(s11, f32x4.mul(x, v128.load(row, 176)));
      s12 = f32x4.add(s12, f32x4.mul(x, v128.load(row, 192)));
      s13 = f32x4.add(s13, f32x4.mul(x, v128.load(row, 208)));
      s14 = f32x4.add(s14, f32x4.mul(x, v128.load(row, 224)));
      s15 = f32x4.add(s15, f32x4.mul(x, v128.load(row, 240)));
    }
  }
  if (onto) {
    s0 = f32x4.add(v128.load(z, 0), s0);
    s1 = f32x4.add(v128.load(z, 16), s1);
    s2 = f32x4.add(v128.load(z, 32), s2);
    s3 = f32x4.add(v128.load(z, 48), s3);
    s4 = f32x4.add(v128.load(z, 64), s4);
    s5 = f32x4.add(v128.load(z, 80), s5);
    s6 = f32x4.add(v128.load(z, 96), s6);
    s7 = f32x4.add(v128.load(z, 112), s7);
    if (vectors == 16) {
      s8 = f32x4.add(v128.load(z, 128), s8);
      s9 = f32x4.add(v128.load(z, 144), s9);
      s10 = f32x4.add(v128.load(z, 160), s10);
      s11 = f32x4.add(v128.load(z, 176), s11);
      s12 = f32x4.add(v128.load(z, 192), s12);
      s13 = f32x4.add(v128.load(z, 208), s13);
      s14 = f32x4.add(v128.load(z, 224), s14);
      s15 = f32x4.add(v128.load(z, 240), s15);
    }
  }
  if (vectors == 16) {
    v128.store(z, s15, 240);
    v128.store(z, s14, 224);
    v128.store(z, s13, 208);
    v128.store(z, s12, 192);
    v128.store(z, s11, 176);
    v128.store(z, s10, 160);
    v128.store(z, s9, 144);
    v128.store(z, s8, 128);
  }
  v128.store(z, s7, 112);
  v128.store(z, s6, 96);
  v128.store(z, s5, 80);
  v128.store(z, s4, 64);
  v128.store(z, s3, 48);
  v128.store(z, s2, 32);
  v128.store(z, s1, 16);
  v128.store(z, s0, 0);
}

/**
 * The bytes of n samples' pixels by row instead of by sample, for segments [first … last): sample k's stands at
 * ROW_BYTES·row + k of BY_ROW, which was 0.
 */
export function spreadByRow(net: usize, n: usize, first: usize, last: usize): void {
  const rowBytes = pointer(net, ROW_BYTES);
  for (let segment = first; segment < last; segment++) {
    const rows = pointer(net, BY_ROW) + firstRowOf(net, segment) * rowBytes;
    const begins = piecesOf(net, segment);
    const ends = piecesOf(net, segment + 1);
    for (let k: usize = 0; k < n; k++) {
      const begin = <usize>load<u32>(begins + (k << 2));
      const count = (<usize>load<u32>(ends + (k << 2)) - begin) >> 1;
      let at = rows + k;
      for (let step = begin; step < begin + count; step++) {
        at += <usize>load<u8>(step) * rowBytes;
        store<u8>(at, load<u8>(step + count));
      }
    }
  }
}
