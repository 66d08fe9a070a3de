// The first layer where it has few outputs: it goes by patches of four inputs. An image's strokes lie close together, so
// of 196 patches about 50 are not empty, and of their pixels three in four are not 0. The pixels of a patch, side by
// side, meet its four weights of one output, and of ten outputs one after another: all their sums stay in registers.
//
// W is kept in tiles of ten outputs, all patches of a tile one after another; a patch has four weights for each output.
// The bytes of the pixels are taken as they are; what is summed over them is divided by 255 in the end.
//
// Nothing in the innermost loops may come from the stack: where its cache line collides with one of W's, which is a matter
// of chance, they take up to 40 % longer. So a patch's size is a constant.
import { piecesOf } from './lists';
import { BIASES, PATCH_SUMS, pointer, SEGMENTS, STRIDE, TILE_BYTES, WEIGHTS, WIDTH } from './network';
import { firstRowOf } from './pixels';

/** Bytes of an entry: which patch (u16), and its four pixels. */
const ENTRY: usize = 6;
/** Outputs whose sums fit into registers, in pairs of vectors too. */
const TEN: usize = 10;
/** Bytes of a patch of W: four weights for each of ten outputs. */
export const PATCH: usize = TEN * 16;

/** Where the tiles of ten outputs end that begin at W, or dW: at most a cache line behind the last, less than a tile. */
// @ts-ignore: decorator
@inline
export function tilesEnd(layer: usize, W: usize): usize {
  return W + pointer(layer, BIASES) - pointer(layer, WEIGHTS);
}

/** Where a segment is the second of a pair whose entries were located: finds where its own begin, behind those of the first. */
export function cutPair(net: usize, n: usize, segment: usize): void {
  if ((segment & 1) == 0 || segment == pointer(net, SEGMENTS)) return;
  const row = <u32>firstRowOf(net, segment);
  const begins = piecesOf(net, segment - 1);
  const ends = piecesOf(net, segment + 1);
  const cuts = piecesOf(net, segment);
  for (let k: usize = 0; k < n; k++) {
    let entry = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    while (entry < end && <u32>load<u16>(entry) < row) entry += ENTRY;
    store<u32>(cuts + (k << 2), <u32>entry);
  }
}

/** A patch's pixels. */
// @ts-ignore: decorator
@inline
function pixelsOf(entry: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(v128.load_ext<u8>(entry, 2)));
}

/** The sums of four vectors' lanes. */
// @ts-ignore: decorator
@inline
function sumLanes(vectors: usize): v128 {
  const a = v128.load(vectors, 0);
  const b = v128.load(vectors, 16);
  const c = v128.load(vectors, 32);
  const d = v128.load(vectors, 48);
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/** Σ W·x over the patches of segments [first … last), for samples [from … to) of the chunk: into target + k·width. */
export function forwardPatches(net: usize, layer: usize, from: usize, to: usize, first: usize, last: usize, W: usize, target: usize): void {
  const width = pointer(layer, WIDTH);
  const tileBytes = pointer(layer, TILE_BYTES);
  const tiles = tilesEnd(layer, W);
  const sums = pointer(net, PATCH_SUMS);
  const begins = piecesOf(net, first);
  const ends = piecesOf(net, last);
  for (let k = from; k < to; k++) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    let z = target + k * width;
    for (let tile = W; tile + tileBytes <= tiles; tile += tileBytes, z += TEN << 2) forwardTen(begin, end, tile, sums, z);
  }
}

// @ts-ignore: decorator
@inline
function forwardTen(entry: usize, end: usize, W: usize, sums: usize, z: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0);
  let s6 = f32x4.splat(0);
  let s7 = f32x4.splat(0);
  let s8 = f32x4.splat(0);
  let s9 = f32x4.splat(0);
  for (; entry < end; entry += ENTRY) {
    const weights = W + <usize>load<u16>(entry) * PATCH;
    const x = pixelsOf(entry);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(weights, 0)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(weights, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(weights, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(weights, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(weights, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(weights, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(weights, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(weights, 112)));
    s8 = f32x4.add(s8, f32x4.mul(x, v128.load(weights, 128)));
    s9 = f32x4.add(s9, f32x4.mul(x, v128.load(weights, 144)));
  }
  v128.store(sums, s9, 144);
  v128.store(sums, s8, 128);
  v128.store(sums, s7, 112);
  v128.store(sums, s6, 96);
  v128.store(sums, s5, 80);
  v128.store(sums, s4, 64);
  v128.store(sums, s3, 48);
  v128.store(sums, s2, 32);
  v128.store(sums, s1, 16);
  v128.store(sums, s0, 0);
  // The last two of the twelve are 0.
  const white = f32x4.splat(255);
  const z0 = f32x4.div(sumLanes(sums), white);
  const z1 = f32x4.div(sumLanes(sums + 64), white);
  const z2 = f32x4.div(sumLanes(sums + 128), white);
  v128.store(z, z2, 32);
  v128.store(z, z1, 16);
  v128.store(z, z0, 0);
}

/**
 * 255·dW += dz·xᵀ for the patches of segments [first … last), sample after sample.
 *
 * dz: `stride` bytes per sample.
 */
export function addOuterPatches(net: usize, layer: usize, n: usize, first: usize, last: usize, dW: usize, dz: usize): void {
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const tiles = tilesEnd(layer, dW);
  const begins = piecesOf(net, first);
  const ends = piecesOf(net, last);
  for (let k: usize = 0; k < n; k++, dz += stride) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    let d = dz;
    for (let tile = dW; tile + tileBytes <= tiles; tile += tileBytes, d += TEN << 2) addOuterTen(begin, end, tile, d);
  }
}

// @ts-ignore: decorator
@inline
function addOuterTen(entry: usize, end: usize, dW: usize, dz: usize): void {
  const d0 = v128.load_splat<f32>(dz, 0);
  const d1 = v128.load_splat<f32>(dz, 4);
  const d2 = v128.load_splat<f32>(dz, 8);
  const d3 = v128.load_splat<f32>(dz, 12);
  const d4 = v128.load_splat<f32>(dz, 16);
  const d5 = v128.load_splat<f32>(dz, 20);
  const d6 = v128.load_splat<f32>(dz, 24);
  const d7 = v128.load_splat<f32>(dz, 28);
  const d8 = v128.load_splat<f32>(dz, 32);
  const d9 = v128.load_splat<f32>(dz, 36);
  for (; entry < end; entry += ENTRY) {
    const sums = dW + <usize>load<u16>(entry) * PATCH;
    const x = pixelsOf(entry);
    const g0 = f32x4.add(v128.load(sums, 0), f32x4.mul(x, d0));
    const g1 = f32x4.add(v128.load(sums, 16), f32x4.mul(x, d1));
    const g2 = f32x4.add(v128.load(sums, 32), f32x4.mul(x, d2));
    const g3 = f32x4.add(v128.load(sums, 48), f32x4.mul(x, d3));
    const g4 = f32x4.add(v128.load(sums, 64), f32x4.mul(x, d4));
    const g5 = f32x4.add(v128.load(sums, 80), f32x4.mul(x, d5));
    const g6 = f32x4.add(v128.load(sums, 96), f32x4.mul(x, d6));
    const g7 = f32x4.add(v128.load(sums, 112), f32x4.mul(x, d7));
    const g8 = f32x4.add(v128.load(sums, 128), f32x4.mul(x, d8));
    const g9 = f32x4.add(v128.load(sums, 144), f32x4.mul(x, d9));
    v128.store(sums, g9, 144);
    v128.store(sums, g8, 128);
    v128.store(sums, g7, 112);
    v128.store(sums, g6, 96);
    v128.store(sums, g5, 80);
    v128.store(sums, g4, 64);
    v128.store(sums, g3, 48);
    v128.store(sums, g2, 32);
    v128.store(sums, g1, 16);
    v128.store(sums, g0, 0);
  }
}
