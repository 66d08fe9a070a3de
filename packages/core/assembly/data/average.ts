// Sums of the shards' gradients, in the order of the shards, so that the bits do not depend on the number of workers.
// The step divides the sums by m, the size of the minibatch. A mean of the shards' means would be wrong, because
// shards differ in size.
import { GRADIENT, GRADIENT_STEP, SHARDS, TOUCHED_STEP } from '../fields';
import { pointer } from '../network';

/** Sums `bytes` of every shard's gradient, whole cache lines from the offset `from` on, into `sums`. */
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

/**
 * Sums one row of a tile of W, at the offset `from` in each gradient, over the shards that touched the row, into
 * `sums`. Returns false if no shard touched it. The two shards of a pair are added first, so that a worker that
 * computes both can keep a single sum.
 *
 * @param flags address of the first shard's flag of the row
 */
export function averageRow(net: usize, from: usize, bytes: usize, flags: usize, sums: usize): bool {
  if (bytes == 256) return columns16(net, from, flags, sums);
  return columns8(net, from, flags, sums);
}

function columns16(net: usize, from: usize, flags: usize, sums: usize): bool {
  return columnsOf(16, net, from, flags, sums);
}

function columns8(net: usize, from: usize, flags: usize, sums: usize): bool {
  return columnsOf(8, net, from, flags, sums);
}

// @ts-ignore: decorator
@inline
function columnsOf(vectors: i32, net: usize, from: usize, flags: usize, sums: usize): bool {
  const step = pointer(net, GRADIENT_STEP);
  const flagsStep = pointer(net, TOUCHED_STEP);
  let at = pointer(net, GRADIENT) + from;
  const end = at + pointer(net, SHARDS) * step;
  let any: u32 = 0;
  // unroll 0..15
  let s$ = f32x4.splat(0);
  while (at < end) {
    const first = <u32>load<u8>(flags);
    const next = at + step;
    const second = next < end ? <u32>load<u8>(flags + flagsStep) : 0;
    any |= first | second;
    if (first & second) {
      // unroll 0..7
      s$ = f32x4.add(s$, f32x4.add(v128.load(at, 16 * $), v128.load(next, 16 * $)));
      if (vectors == 16) {
        // unroll 8..15
        s$ = f32x4.add(s$, f32x4.add(v128.load(at, 16 * $), v128.load(next, 16 * $)));
      }
    } else if (first | second) {
      const one = first ? at : next;
      // unroll 0..7
      s$ = f32x4.add(s$, v128.load(one, 16 * $));
      if (vectors == 16) {
        // unroll 8..15
        s$ = f32x4.add(s$, v128.load(one, 16 * $));
      }
    }
    at = next + step;
    flags += flagsStep << 1;
  }
  if (any == 0) return false;
  if (vectors == 16) {
    // unroll 15..8
    v128.store(sums, s$, 16 * $);
  }
  // unroll 7..0
  v128.store(sums, s$, 16 * $);
  return true;
}
