import { TILE } from './products';

// Ordered reduction over the shards' slots and the SGD step. Slots are only read here: a write would take their
// cache lines away from the worker that fills them.

/** One vector: p −= α·v, with v = μ·v + gradient when there is momentum. */
// @ts-ignore: decorator
@inline
function step(parameters: usize, velocity: usize, gradient: v128, learningRate: v128, momentum: f32): void {
  if (momentum != 0) {
    gradient = f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(velocity)), gradient);
    v128.store(velocity, gradient);
  }
  v128.store(parameters, f32x4.sub(v128.load(parameters), f32x4.mul(learningRate, gradient)));
}

/** Bytes [from … to) of the parameters, multiples of 16: slots added in shard order, divided once by m. */
export function reduceAndStep(
  parameters: usize,
  velocity: usize,
  slots: usize,
  slotBytes: usize,
  shards: i32,
  from: usize,
  to: usize,
  m: f32,
  learningRate: f32,
  momentum: f32,
): void {
  const size = f32x4.splat(m);
  const rate = f32x4.splat(learningRate);
  for (let at = from; at < to; at += 16) {
    let slot = slots + at;
    let sum = v128.load(slot);
    for (let s = 1; s < shards; s++) {
      slot += slotBytes;
      sum = f32x4.add(sum, v128.load(slot));
    }
    step(parameters + at, velocity + at, f32x4.div(sum, size), rate, momentum);
  }
}

/**
 * Rows [from … to) of the first layer, in each of its tiles, likewise; a shard's row that none of its samples
 * touched is 0 and is left out: x + 0 = x. Worth it for wide layers.
 */
export function reduceAndStepRows(
  parameters: usize,
  velocity: usize,
  slots: usize,
  slotBytes: usize,
  flags: usize,
  flagBytes: usize,
  shards: i32,
  width: usize,
  tileBytes: usize,
  from: usize,
  to: usize,
  m: f32,
  learningRate: f32,
  momentum: f32,
): void {
  const zero = f32x4.splat(0);
  const size = f32x4.splat(m);
  const rate = f32x4.splat(learningRate);
  let tile: usize = 0;
  for (let column: usize = 0; column < width; column += TILE) {
    const used = min(TILE, width - column);
    for (let r = from; r < to; r++) {
      const row = tile + r * TILE;
      let touched = 0;
      for (let s: usize = 0; s < <usize>shards; s++) touched += load<u8>(flags + s * flagBytes + r);
      if (touched == 0 && momentum == 0) continue;
      for (let c: usize = 0; c < used; c += 16) {
        const at = slots + row + c;
        let sum = zero;
        if (touched == shards) {
          for (let s: usize = 0; s < <usize>shards; s++) sum = f32x4.add(sum, v128.load(at + s * slotBytes));
        } else {
          for (let s: usize = 0; s < <usize>shards; s++) {
            if (load<u8>(flags + s * flagBytes + r)) sum = f32x4.add(sum, v128.load(at + s * slotBytes));
          }
        }
        step(parameters + row + c, velocity + row + c, f32x4.div(sum, size), rate, momentum);
      }
    }
    tile += tileBytes;
  }
}
