import type { LayerView } from '../parameters.ts';
import { assertLayers, type Layers } from '../shapes.ts';

/**
 * Training's inner loop: forward and backward of one sample at a time, the same mathematics as
 * `forward` and `backward` to the last bit, but without allocation, and with the inputs that are zero left
 * out (about 81 % of MNIST's pixels: what they would add is 0).
 *
 * Inner loops do not check: sizes are settled when workspace and views are made.
 */

/** The buffers of one sample's passes. Made once, written over by every sample. */
export interface SampleWorkspace {
  /** The sample, D values: the caller writes them. */
  readonly x: Float64Array;
  /** Places of the inputs that are not zero: the first `nonZeroCount` entries, ascending. */
  readonly nonZero: Uint32Array;
  nonZeroCount: number;
  readonly z: readonly Float64Array[];
  /** Activations; the last is the probabilities. */
  readonly a: readonly Float64Array[];
  readonly dz: readonly Float64Array[];
  /** Cross-entropy of the last sample, in nats. */
  loss: number;
  /** Class of the last sample by argmax. */
  prediction: number;
}

/** Allocates the buffers for networks of these layers. */
export function createSampleWorkspace(layers: Layers): SampleWorkspace {
  assertLayers('createSampleWorkspace', layers);
  const perLayer = (): Float64Array[] => layers.slice(1).map((size) => new Float64Array(size));
  return {
    x: new Float64Array(layers[0]!),
    nonZero: new Uint32Array(layers[0]!),
    nonZeroCount: 0,
    z: perLayer(),
    a: perLayer(),
    dz: perLayer(),
    loss: 0,
    prediction: 0,
  };
}

/** Forward pass of the sample in `workspace.x`; leaves its probabilities, prediction and loss there. */
export function forwardSample(workspace: SampleWorkspace, views: readonly LayerView[], label: number): void {
  const { x, nonZero, z, a } = workspace;
  let count = 0;
  for (let j = 0; j < x.length; j++) if (x[j] !== 0) nonZero[count++] = j;
  workspace.nonZeroCount = count;

  const last = views.length - 1;
  for (let l = 0; l <= last; l++) {
    const { W, b, inputs, outputs } = views[l]!;
    const out = z[l]!;
    if (l === 0) {
      for (let h = 0; h < outputs; h++) {
        const row = h * inputs;
        let sum = 0;
        for (let k = 0; k < count; k++) sum += W[row + nonZero[k]!]! * x[nonZero[k]!]!;
        out[h] = sum + b[h]!;
      }
    } else {
      const input = a[l - 1]!;
      for (let h = 0; h < outputs; h++) {
        const row = h * inputs;
        let sum = 0;
        for (let j = 0; j < inputs; j++) sum += W[row + j]! * input[j]!;
        out[h] = sum + b[h]!;
      }
    }
    if (l < last) {
      const activation = a[l]!;
      for (let h = 0; h < outputs; h++) {
        const value = out[h]!;
        activation[h] = value > 0 ? value : value <= 0 ? 0 : Number.NaN;
      }
    }
  }

  const logits = z[last]!;
  const probabilities = a[last]!;
  let max = logits[0]!;
  let prediction = 0;
  for (let c = 1; c < logits.length; c++) {
    if (logits[c]! > max) {
      max = logits[c]!;
      prediction = c;
    }
  }
  let sum = 0;
  for (let c = 0; c < logits.length; c++) {
    const exponential = Math.exp(logits[c]! - max);
    probabilities[c] = exponential;
    sum += exponential;
  }
  for (let c = 0; c < logits.length; c++) probabilities[c]! /= sum;
  workspace.prediction = prediction;
  workspace.loss = Math.log(sum) - (logits[label]! - max);
}

/**
 * Adds the gradients of the sample that went through {@link forwardSample} last, not divided by anything:
 * sums over a shard come about by calling it for each of its samples.
 */
export function addSampleGradient(
  gradients: readonly LayerView[],
  workspace: SampleWorkspace,
  views: readonly LayerView[],
  label: number,
): void {
  const { x, nonZero, nonZeroCount, z, a, dz } = workspace;
  const last = views.length - 1;
  const output = dz[last]!;
  output.set(a[last]!);
  output[label]! -= 1;

  for (let l = last; l >= 0; l--) {
    const { W, inputs, outputs } = views[l]!;
    const { W: dW, b: db } = gradients[l]!;
    const delta = dz[l]!;
    if (l === 0) {
      for (let h = 0; h < outputs; h++) {
        const d = delta[h]!;
        db[h]! += d;
        // A hidden neuron that ReLU holds at 0 passes no gradient on.
        if (d === 0) continue;
        const row = h * inputs;
        for (let k = 0; k < nonZeroCount; k++) dW[row + nonZero[k]!]! += d * x[nonZero[k]!]!;
      }
      return;
    }
    const input = a[l - 1]!;
    const below = dz[l - 1]!;
    below.fill(0);
    for (let h = 0; h < outputs; h++) {
      const d = delta[h]!;
      db[h]! += d;
      const row = h * inputs;
      for (let j = 0; j < inputs; j++) {
        dW[row + j]! += d * input[j]!;
        below[j]! += W[row + j]! * d;
      }
    }
    const preActivation = z[l - 1]!;
    for (let j = 0; j < inputs; j++) if (!(preActivation[j]! > 0)) below[j] = 0;
  }
}
