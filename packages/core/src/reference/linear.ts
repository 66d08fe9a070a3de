import { assertLength, linearShape, sampleCount } from '../shapes.ts';

/**
 * The linear layer: z = W·x + b.
 *
 * Shapes: W is (outputs, inputs) row by row, b (outputs); x is m samples of `inputs` values one after another
 * (the tutorial's columns), z m samples of `outputs` values.
 *
 * Source: tutorial, step 2.
 *
 * @throws ShapeError when the sizes do not match
 */
export function linear(W: Float64Array, b: Float64Array, x: Float64Array): Float64Array {
  const { inputs, outputs } = linearShape('linear', W, b);
  const z = new Float64Array(sampleCount('linear', 'x', x, 'D', inputs) * outputs);
  linearInto(z, W, b, x);
  return z;
}

/**
 * {@link linear}, written into the caller's z, which must not be x.
 *
 * @throws ShapeError when the sizes do not match
 */
export function linearInto(z: Float64Array, W: Float64Array, b: Float64Array, x: Float64Array): void {
  const { inputs, outputs } = linearShape('linearInto', W, b);
  const m = sampleCount('linearInto', 'x', x, 'D', inputs);
  assertLength('linearInto', 'z', z, m * outputs);
  for (let i = 0; i < m; i++) {
    for (let h = 0; h < outputs; h++) {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += W[h * inputs + j]! * x[i * inputs + j]!;
      z[i * outputs + h] = sum + b[h]!;
    }
  }
}
