import { type LayerView, layerViews, type Network } from '../parameters.ts';
import { assertClasses, assertForwardPass, assertParameters } from '../shapes.ts';
import type { ForwardPass } from './forward.ts';
import { oneHot } from './loss.ts';

/** The gradients of the mean loss, with the intermediate values that the tutorial shows. */
export interface BackwardPass {
  /** All gradients as one flat vector, in the order of the parameters. */
  readonly gradients: Float64Array;
  /** Views on the gradients, layer by layer: `layers[0].W` is dW1, `layers[0].b` is db1. */
  readonly layers: readonly LayerView[];
  /** Gradients with respect to each layer's pre-activations, m samples each, not divided by m: `dz[0]` is dz1. */
  readonly dz: readonly Float64Array[];
  /** Gradients with respect to the hidden activations: `da[0]` is W2ᵀ·dz2, before ReLU′ is applied. */
  readonly da: readonly Float64Array[];
  /** The labels, one-hot encoded. */
  readonly y: Float64Array;
}

/**
 * Backpropagation through cross-entropy, softmax and the layers:
 * - dz = a − y at the output, dzₗ = (Wₗ₊₁ᵀ·dzₗ₊₁) ⊙ ReLU′(zₗ) below;
 * - dWₗ = (1/m) dzₗ·aₗ₋₁ᵀ, dbₗ = (1/m) Σ dzₗ.
 *
 * Shapes: those of the forward pass; labels (m).
 *
 * Source: tutorial, step 6.
 *
 * @throws ShapeError when parameters, pass or labels do not match the layers
 */
export function backward(
  { layers, parameters }: Network,
  pass: ForwardPass,
  labels: ArrayLike<number>,
): BackwardPass {
  const { m, x, z, a, probabilities } = pass;
  const C = layers.at(-1)!;
  assertParameters('backward', parameters, layers);
  assertForwardPass('backward', pass, layers);
  assertClasses('backward', 'labels', labels, m, C);
  const views = layerViews(parameters, layers);
  const gradients = new Float64Array(parameters.length);
  const gradientViews = layerViews(gradients, layers);
  const dz: Float64Array[] = [];
  const da: Float64Array[] = [];

  const y = oneHot(labels, C);
  let delta = probabilities.map((probability, k) => probability - y[k]!);
  for (let l = views.length - 1; l > 0; l--) {
    dz[l] = delta;
    addOuterProducts(gradientViews[l]!, delta, a[l - 1]!, m);
    const dInput = multiplyTransposed(views[l]!, delta, m);
    const preActivation = z[l - 1]!;
    da[l - 1] = dInput;
    // ⊙ ReLU′(z) as a condition: a product would turn negative values into −0.
    delta = dInput.map((value, k) => (preActivation[k]! > 0 ? value : 0));
  }
  dz[0] = delta;
  addOuterProducts(gradientViews[0]!, delta, x, m);
  for (let k = 0; k < gradients.length; k++) gradients[k]! /= m;
  return { gradients, layers: gradientViews, dz, da, y };
}

/** dW += Σ dz·aᵀ and db += Σ dz over m samples, in the order of the samples. */
function addOuterProducts(
  { W: dW, b: db, inputs, outputs }: LayerView,
  dz: Float64Array,
  a: Float64Array,
  m: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let h = 0; h < outputs; h++) {
      const d = dz[i * outputs + h]!;
      for (let j = 0; j < inputs; j++) dW[h * inputs + j]! += d * a[i * inputs + j]!;
      db[h]! += d;
    }
  }
}

/** Wᵀ·dz for m samples. */
function multiplyTransposed({ W, inputs, outputs }: LayerView, dz: Float64Array, m: number): Float64Array {
  const product = new Float64Array(m * inputs);
  for (let i = 0; i < m; i++) {
    for (let h = 0; h < outputs; h++) {
      const d = dz[i * outputs + h]!;
      for (let j = 0; j < inputs; j++) product[i * inputs + j]! += W[h * inputs + j]! * d;
    }
  }
  return product;
}
