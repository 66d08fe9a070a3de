import { layerViews, type Network } from '../parameters.ts';
import { assertParameters, assertScaled, sampleCount } from '../shapes.ts';
import { relu, softmax } from './activations.ts';
import { linear } from './linear.ts';

/** All values that a forward pass computes, kept for the backward pass. */
export interface ForwardPass {
  /** Number of samples. */
  readonly m: number;
  /** The caller's samples, not copied. */
  readonly x: Float64Array;
  /** Pre-activations of each layer: `z[0]` is the tutorial's z1, m samples of H values. */
  readonly z: readonly Float64Array[];
  /** Activations of each layer: `a[0]` is a1 = ReLU(z1); the last are softmax(z), the probabilities. */
  readonly a: readonly Float64Array[];
  /** The last activations: m samples of C probabilities. */
  readonly probabilities: Float64Array;
}

/**
 * The forward pass: zₗ = Wₗ·aₗ₋₁ + bₗ with a₀ = x; ReLU after each hidden layer, softmax after the last layer.
 *
 * Shapes: x is m samples of D values one after another; pixels are scaled to the range from 0 to 1, see scalePixels.
 *
 * Source: tutorial, steps 2 and 3.
 *
 * @throws ShapeError when x or the parameters do not match the layers, or when x is bytes or has a NaN
 */
export function forward({ layers, parameters }: Network, x: Float64Array): ForwardPass {
  assertParameters('forward', parameters, layers);
  assertScaled('forward', 'x', x);
  const m = sampleCount('forward', 'x', x, 'D', layers[0]!);
  const views = layerViews(parameters, layers);
  const z: Float64Array[] = [];
  const a: Float64Array[] = [];
  let input = x;
  for (const [l, { W, b, outputs }] of views.entries()) {
    const preActivation = linear(W, b, input);
    input = l < views.length - 1 ? relu(preActivation) : softmax(preActivation, outputs);
    z.push(preActivation);
    a.push(input);
  }
  return { m, x, z, a, probabilities: input };
}
