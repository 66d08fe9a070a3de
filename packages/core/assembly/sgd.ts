// The SGD update at the end of a minibatch, the same for both strategies.
import { LEARNING_RATE, MOMENTUM, PARAMETERS, VELOCITY } from './fields';
import { float, pointer } from './network';

// Settings of the current step. Each worker has its own instance of the module, so these variables are not shared.
let velocities: isize = 0; // from the parameters to their velocities, in bytes
let inverse: f32 = 0; // 1 / m
let rate: f32 = 0; // α
export let momentum: f32 = 0; // μ
let factor: f32 = 0; // α / m

/** Begins the step of a minibatch. `scale` turns the gradients' sums into means: 1 / m. */
export function beginStep(net: usize, scale: f32): void {
  velocities = <isize>pointer(net, VELOCITY) - <isize>pointer(net, PARAMETERS);
  rate = float(net, LEARNING_RATE);
  momentum = float(net, MOMENTUM);
  inverse = scale;
  factor = rate * inverse;
}

/** α / m in every lane: a single factor, so that the mean is not rounded separately. */
// @ts-ignore: decorator
@inline
export function stepFactor(): v128 {
  return f32x4.splat(factor);
}

/** The update without momentum: p − (α / m)·Σ. */
// @ts-ignore: decorator
@inline
export function descend(factor: v128, p: v128, sum: v128): v128 {
  return f32x4.sub(p, f32x4.mul(factor, sum));
}

/**
 * Updates `bytes` of the parameters at `at`, a multiple of 16: p −= (α / m)·Σ; with momentum, v = μ·v + Σ / m and p
 * −= α·v.
 *
 * @param sums address of Σ, the gradients' sums over the minibatch
 */
export function stepInto(at: usize, sums: usize, bytes: usize): void {
  const end = at + bytes;
  if (momentum == 0) {
    const factor = stepFactor();
    for (; at + 32 <= end; at += 32, sums += 32) {
      const p0 = descend(factor, v128.load(at, 0), v128.load(sums, 0));
      const p1 = descend(factor, v128.load(at, 16), v128.load(sums, 16));
      v128.store(at, p1, 16);
      v128.store(at, p0, 0);
    }
    if (at < end) v128.store(at, descend(factor, v128.load(at), v128.load(sums)));
    return;
  }
  for (; at < end; at += 16, sums += 16) {
    const velocity = at + velocities;
    const v = f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(velocity)), f32x4.mul(v128.load(sums), f32x4.splat(inverse)));
    v128.store(velocity, v);
    v128.store(at, f32x4.sub(v128.load(at), f32x4.mul(f32x4.splat(rate), v)));
  }
}

/** Adds `bytes` of f32 values to the sums. */
export function addInto(sums: usize, values: usize, bytes: usize): void {
  const end = sums + bytes;
  for (; sums + 32 <= end; sums += 32, values += 32) {
    const s0 = f32x4.add(v128.load(sums, 0), v128.load(values, 0));
    const s1 = f32x4.add(v128.load(sums, 16), v128.load(values, 16));
    v128.store(sums, s1, 16);
    v128.store(sums, s0, 0);
  }
  if (sums < end) v128.store(sums, f32x4.add(v128.load(sums), v128.load(values)));
}
