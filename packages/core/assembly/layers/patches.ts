// The first layer where it has few outputs, in patches of four inputs. An image's strokes lie close together, so
// about 50 of its 196 patches are not empty, and three in four pixels of these are not 0. The four pixels of a patch,
// side by side in a vector, are multiplied by the patch's four weights of one output, for ten outputs one after
// another: all ten sums stay in registers.
//
// W is kept in tiles of ten outputs, all patches of a tile one after another; a patch has four weights for each
// output. The pixels are not scaled; the sums over them are divided by 255 in the end.
//
// The innermost loops must not read from the stack: if its cache line collides with one of W's, which depends on
// chance, the loops take up to 40 % longer. So a patch's size is a constant.
import { BIASES, PATCH_SUMS, STRIDE, TILE_BYTES, WEIGHTS, WIDTH } from '../fields';
import { pointer } from '../network';

/** Bytes of a patch in a list: its number (u16), and its four pixels. */
export const LISTED_PATCH: usize = 6;
/** Number of outputs whose sums fit into registers, also where V8 joins vectors in pairs. */
const TEN: usize = 10;
/** Bytes of a patch of W: four weights for each of ten outputs. */
export const PATCH: usize = TEN * 16;

/**
 * Where the tiles of ten outputs end that begin at W, or dW. This may include padding of up to a cache line, which is
 * less than a tile.
 */
// @ts-ignore: decorator
@inline
export function tilesEnd(layer: usize, W: usize): usize {
  return W + pointer(layer, BIASES) - pointer(layer, WEIGHTS);
}

/** The four pixels of a patch, from 0 to 255, as f32. */
// @ts-ignore: decorator
@inline
function pixelsOf(patch: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(v128.load_ext<u8>(patch, 2)));
}

/** The sum of the lanes of each of four vectors. */
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

/** Σ W·x over the lists from `begins` to `ends` of the samples [from … to) of the chunk, into target + k·width. */
export function forwardPatches(net: usize, layer: usize, from: usize, to: usize, begins: usize, ends: usize, W: usize, target: usize): void {
  const width = pointer(layer, WIDTH);
  const tileBytes = pointer(layer, TILE_BYTES);
  const tiles = tilesEnd(layer, W);
  const sums = pointer(net, PATCH_SUMS);
  for (let k = from; k < to; k++) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    let z = target + k * width;
    for (let tile = W; tile + tileBytes <= tiles; tile += tileBytes, z += TEN << 2) forwardTen(begin, end, tile, sums, z);
  }
}

// @ts-ignore: decorator
@inline
function forwardTen(patch: usize, end: usize, W: usize, sums: usize, z: usize): void {
  // unroll 0..9
  let s$ = f32x4.splat(0);
  for (; patch < end; patch += LISTED_PATCH) {
    const weights = W + <usize>load<u16>(patch) * PATCH;
    const x = pixelsOf(patch);
    // unroll 0..9
    s$ = f32x4.add(s$, f32x4.mul(x, v128.load(weights, 16 * $)));
  }
  // unroll 9..0
  v128.store(sums, s$, 16 * $);
  // The last two of the twelve vectors are always 0.
  const white = f32x4.splat(255);
  const z0 = f32x4.div(sumLanes(sums), white);
  const z1 = f32x4.div(sumLanes(sums + 64), white);
  const z2 = f32x4.div(sumLanes(sums + 128), white);
  v128.store(z, z2, 32);
  v128.store(z, z1, 16);
  v128.store(z, z0, 0);
}

/**
 * 255·dW += dz·xᵀ over the lists from `begins` to `ends` of n samples, sample by sample; `stride` bytes from one
 * sample's dz to the next.
 */
export function addOuterPatches(layer: usize, n: usize, begins: usize, ends: usize, dW: usize, dz: usize): void {
  const stride = pointer(layer, STRIDE);
  const tileBytes = pointer(layer, TILE_BYTES);
  const tiles = tilesEnd(layer, dW);
  for (let k: usize = 0; k < n; k++, dz += stride) {
    const begin = <usize>load<u32>(begins + (k << 2));
    const end = <usize>load<u32>(ends + (k << 2));
    let d = dz;
    for (let tile = dW; tile + tileBytes <= tiles; tile += tileBytes, d += TEN << 2) addOuterTen(begin, end, tile, d);
  }
}

// @ts-ignore: decorator
@inline
function addOuterTen(patch: usize, end: usize, dW: usize, dz: usize): void {
  // unroll 0..9
  const d$ = v128.load_splat<f32>(dz, 4 * $);
  for (; patch < end; patch += LISTED_PATCH) {
    const sums = dW + <usize>load<u16>(patch) * PATCH;
    const x = pixelsOf(patch);
    // unroll 0..9
    const g$ = f32x4.add(v128.load(sums, 16 * $), f32x4.mul(x, d$));
    // unroll 9..0
    v128.store(sums, g$, 16 * $);
  }
}
