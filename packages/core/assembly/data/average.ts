// Average: Σ over the shards' gradients, added in the order of the shards. Divided by m, in the step, it is the mean over
// the minibatch; a mean of the shards' means would be wrong for a shard that has fewer samples.
import { GRADIENT, GRADIENT_STEP, SHARDS, TOUCHED_STEP } from '../fields';
import { pointer } from '../network';

/** `bytes` of the vector of parameters, whole lines, from `from` on: into sums. */
export function averageBytes(net: usize, from: usize, bytes: usize, sums: usize): void {
  const step = pointer(net, GRADIENT_STEP);
  const toEnd = pointer(net, SHARDS) * step;
  let gradient = pointer(net, GRADIENT) + from;
  for (const end = gradient + bytes; gradient < end; gradient += 64, sums += 64) {
    // unroll 0..3
    let s$ = v128.load(gradient, 16 * $);
    for (let next = gradient + step; next < gradient + toEnd; next += step) {
      // unroll 0..3
      s$ = f32x4.add(s$, v128.load(next, 16 * $));
    }
    // unroll 3..0
    v128.store(sums, s$, 16 * $);
  }
}

/** A tile's row of W, `from` in the vector of parameters, over the shards that touched it: into sums; false where none did. */
export function averageRow(net: usize, from: usize, bytes: usize, flags: usize, sums: usize): bool {
  const first = firstTouched(net, flags);
  if (first == pointer(net, SHARDS)) return false;
  if (bytes == 256) columns16(net, from, flags, first, sums);
  else columns8(net, from, flags, first, sums);
  return true;
}

/** The first shard that touched a row; the number of shards where none did. */
// @ts-ignore: decorator
@inline
function firstTouched(net: usize, flags: usize): usize {
  const shards = pointer(net, SHARDS);
  const step = pointer(net, TOUCHED_STEP);
  let shard: usize = 0;
  while (shard < shards && load<u8>(flags + shard * step) == 0) shard++;
  return shard;
}

function columns16(net: usize, from: usize, flags: usize, first: usize, sums: usize): void {
  columnsOf(16, net, from, flags, first, sums);
}

function columns8(net: usize, from: usize, flags: usize, first: usize, sums: usize): void {
  columnsOf(8, net, from, flags, first, sums);
}

// @ts-ignore: decorator
@inline
function columnsOf(vectors: i32, net: usize, from: usize, flags: usize, first: usize, sums: usize): void {
  const step = pointer(net, GRADIENT_STEP);
  const shards = pointer(net, SHARDS);
  const flagsStep = pointer(net, TOUCHED_STEP);
  let at = pointer(net, GRADIENT) + first * step + from;
  // unroll 0..7
  let s$ = v128.load(at, 16 * $);
  // unroll 8..15
  let s$ = s0;
  if (vectors == 16) {
    // unroll 8..15
    s$ = v128.load(at, 16 * $);
  }
  for (let shard = first + 1; shard < shards; shard++) {
    at += step;
    if (load<u8>(flags + shard * flagsStep) == 0) continue;
    // unroll 0..7
    s$ = f32x4.add(s$, v128.load(at, 16 * $));
    if (vectors == 16) {
      // unroll 8..15
      s$ = f32x4.add(s$, v128.load(at, 16 * $));
    }
  }
  if (vectors == 16) {
    // unroll 15..8
    v128.store(sums, s$, 16 * $);
  }
  // unroll 7..0
  v128.store(sums, s$, 16 * $);
}
