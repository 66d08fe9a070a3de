import { assertLength, sampleCount } from '../shapes.ts';
import { exp } from './elementary.ts';

/**
 * ReLU(z) = max(0, z), element by element. NaN stays NaN; −0 becomes 0.
 *
 * Source: tutorial, step 3.
 */
export function relu(z: Float64Array): Float64Array {
  const a = new Float64Array(z.length);
  reluInto(a, z);
  return a;
}

/**
 * {@link relu}, written into the caller's a, which may be z itself.
 *
 * @throws ShapeError when the lengths differ
 */
export function reluInto(a: Float64Array, z: Float64Array): void {
  assertLength('reluInto', 'a', a, z.length);
  for (let k = 0; k < z.length; k++) a[k] = Math.max(0, z[k]!);
}

/**
 * ReLU′(z) = 1 where z > 0, otherwise 0: at the kink as in the tutorial, and for NaN.
 *
 * Source: tutorial, step 3.
 */
export function reluDerivative(z: Float64Array): Float64Array {
  return z.map((value) => (value > 0 ? 1 : 0));
}

/**
 * softmax(z)ᵢ = e^(zᵢ − max z) / Σⱼ e^(zⱼ − max z), for each sample of C logits.
 *
 * Subtracting the maximum does not change the result mathematically and keeps e^z from overflowing. A logit of −∞
 * has probability 0. A sample with +∞ or NaN, or whose logits are all −∞, gives NaN for all its probabilities.
 *
 * Shapes: z is m samples of C logits one after another, and so is the result. Each sample sums to 1.
 *
 * Source: tutorial, step 3.
 *
 * @param C number of classes; without it, z is a single sample
 * @throws ShapeError when the length of z is not a multiple of C
 */
export function softmax(z: Float64Array, C: number = z.length): Float64Array {
  sampleCount('softmax', 'z', z, 'C', C);
  const a = new Float64Array(z.length);
  softmaxInto(a, z, C);
  return a;
}

/**
 * {@link softmax}, written into the caller's a, which may be z itself.
 *
 * @throws ShapeError when the length of z is not a multiple of C, or the lengths differ
 */
export function softmaxInto(a: Float64Array, z: Float64Array, C: number): void {
  const m = sampleCount('softmaxInto', 'z', z, 'C', C);
  assertLength('softmaxInto', 'a', a, z.length);
  for (let i = 0; i < m; i++) {
    const from = i * C;
    let max = z[from]!;
    for (let c = 1; c < C; c++) if (z[from + c]! > max) max = z[from + c]!;
    let sum = 0;
    for (let c = 0; c < C; c++) {
      const exponential = exp(z[from + c]! - max);
      a[from + c] = exponential;
      sum += exponential;
    }
    for (let c = 0; c < C; c++) a[from + c]! /= sum;
  }
}
