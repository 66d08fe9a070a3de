import type { LayerView } from '../parameters.ts';
import { type Layers, layersParameterCount } from '../shapes.ts';
import { exp, log } from './elementary.ts';

/**
 * The inner loop of training: forward and backward of one sample at a time. The results equal those of `forward` and
 * `backward` to the last bit. The loop allocates nothing and skips the inputs that are zero, about 81 % of MNIST's
 * pixels: they add 0, as long as the parameters are finite.
 *
 * The loop checks nothing: the workspace and the views fix all sizes.
 */

/** The buffers of one sample's passes. They are allocated once, and every sample overwrites them. */
export interface SampleWorkspace {
  /** The sample, D values, written by the caller. */
  readonly x: Float64Array;
  /** Indices of the inputs that are not zero, ascending: the first `nonZeroCount` values. */
  readonly nonZero: Uint32Array;
  nonZeroCount: number;
  /** Pre-activations of each layer. */
  readonly z: readonly Float64Array[];
  /** Activations of each layer; the last are the probabilities. */
  readonly a: readonly Float64Array[];
  /** Gradients with respect to each layer's pre-activations. */
  readonly dz: readonly Float64Array[];
  /** Cross-entropy of the last sample, in nats. */
  loss: number;
  /** Predicted class of the last sample: argmax of its probabilities. */
  prediction: number;
}

/**
 * Allocates the buffers for networks of these layers.
 *
 * @throws ShapeError if the layers are invalid, or for more than 2²⁹ parameters
 */
export function createSampleWorkspace(layers: Layers): SampleWorkspace {
  layersParameterCount('createSampleWorkspace', layers);
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

/** Forward pass of the sample in `workspace.x`: writes its probabilities, prediction and loss to the workspace. */
export function forwardSample(workspace: SampleWorkspace, views: readonly LayerView[], label: number): void {
  const { z, a } = workspace;
  const last = views.length - 1;
  listNonZero(workspace);
  firstLinearInto(z[0]!, views[0]!, workspace);
  for (let l = 1; l <= last; l++) {
    reluInto(a[l - 1]!, z[l - 1]!);
    linearInto(z[l]!, views[l]!, a[l - 1]!);
  }
  finishSample(workspace, z[last]!, a[last]!, label);
}

/**
 * Adds the gradients of the sample of the last {@link forwardSample}, not divided by the batch size: calling it for
 * each sample of a shard sums the shard's gradients.
 */
export function addSampleGradient(
  gradients: readonly LayerView[],
  workspace: SampleWorkspace,
  views: readonly LayerView[],
  label: number,
): void {
  const { z, a, dz } = workspace;
  const last = views.length - 1;
  const output = dz[last]!;
  output.set(a[last]!);
  output[label]! -= 1;
  for (let l = last; l > 0; l--) {
    backwardLinear(gradients[l]!, dz[l - 1]!, views[l]!, dz[l]!, a[l - 1]!);
    applyReluDerivative(dz[l - 1]!, z[l - 1]!);
  }
  firstBackwardLinear(gradients[0]!, dz[0]!, workspace);
}

function listNonZero(workspace: SampleWorkspace): void {
  const { x, nonZero } = workspace;
  let count = 0;
  for (let j = 0; j < x.length; j++) if (x[j] !== 0) nonZero[count++] = j;
  workspace.nonZeroCount = count;
}

/** z1 = W1·x + b1 over the listed inputs. */
function firstLinearInto(
  out: Float64Array,
  { W, b, inputs, outputs }: LayerView,
  { x, nonZero, nonZeroCount }: SampleWorkspace,
): void {
  for (let h = 0; h < outputs; h++) {
    const row = h * inputs;
    let sum = 0;
    for (let k = 0; k < nonZeroCount; k++) {
      const j = nonZero[k]!;
      sum += W[row + j]! * x[j]!;
    }
    out[h] = sum + b[h]!;
  }
}

function linearInto(out: Float64Array, { W, b, inputs, outputs }: LayerView, input: Float64Array): void {
  for (let h = 0; h < outputs; h++) {
    const row = h * inputs;
    let sum = 0;
    for (let j = 0; j < inputs; j++) sum += W[row + j]! * input[j]!;
    out[h] = sum + b[h]!;
  }
}

function reluInto(out: Float64Array, z: Float64Array): void {
  for (let h = 0; h < z.length; h++) out[h] = Math.max(0, z[h]!);
}

/** Softmax, cross-entropy and argmax together, because they share the maximum and the sum. */
function finishSample(
  workspace: SampleWorkspace,
  logits: Float64Array,
  probabilities: Float64Array,
  label: number,
): void {
  const C = logits.length;
  let max = logits[0]!;
  for (let c = 1; c < C; c++) if (logits[c]! > max) max = logits[c]!;
  let sum = 0;
  for (let c = 0; c < C; c++) {
    const exponential = exp(logits[c]! - max);
    probabilities[c] = exponential;
    sum += exponential;
  }
  // The argmax of the probabilities, not of the logits, as in `predict`: rounding may make two probabilities equal.
  let best = 0;
  for (let c = 0; c < C; c++) {
    probabilities[c]! /= sum;
    if (probabilities[c]! > probabilities[best]!) best = c;
  }
  workspace.prediction = best;
  workspace.loss = log(sum) - (logits[label]! - max);
}

/** dW += dz·aᵀ and db += dz of a layer, and Wᵀ·dz for the activations below it. */
function backwardLinear(
  { W: dW, b: db }: LayerView,
  below: Float64Array,
  { W, inputs, outputs }: LayerView,
  dz: Float64Array,
  a: Float64Array,
): void {
  below.fill(0);
  for (let h = 0; h < outputs; h++) {
    const d = dz[h]!;
    const row = h * inputs;
    for (let j = 0; j < inputs; j++) {
      dW[row + j]! += d * a[j]!;
      below[j]! += W[row + j]! * d;
    }
    db[h]! += d;
  }
}

function applyReluDerivative(da: Float64Array, z: Float64Array): void {
  for (let j = 0; j < z.length; j++) if (!(z[j]! > 0)) da[j] = 0;
}

/** dW1 += dz1·xᵀ and db1 += dz1 over the listed inputs. */
function firstBackwardLinear(
  { W: dW, b: db, inputs, outputs }: LayerView,
  dz: Float64Array,
  { x, nonZero, nonZeroCount }: SampleWorkspace,
): void {
  for (let h = 0; h < outputs; h++) {
    const d = dz[h]!;
    // A hidden neuron with z ≤ 0 has no gradient.
    if (d === 0) continue;
    const row = h * inputs;
    for (let k = 0; k < nonZeroCount; k++) {
      const j = nonZero[k]!;
      dW[row + j]! += d * x[j]!;
    }
    db[h]! += d;
  }
}
