import { layerViews, type Network } from '../parameters.ts';

/**
 * What the inputs of a network are for paper, the byte 0, and for full ink, the byte 255; between them, linear. MicroNN's
 * own networks have 0 and 1.
 */
export interface InputScale {
  readonly low: number;
  readonly high: number;
}

/**
 * Folds the scale of a network's inputs into its first layer, so that its inputs are from 0 to 1:
 * x = low + (high − low)·u gives W1·x + b1 = (high − low)·W1·u + (b1 + low·Σ W1).
 *
 * Computed in float64, and rounded to float32 once, because files hold float32.
 *
 * @returns the same network if the scale is that of MicroNN
 */
export function foldInputScale(network: Network, { low, high }: InputScale): Network {
  if (low === 0 && high === 1) return network;
  return foldAffine(network, Float64Array.of(high - low), Float64Array.of(low));
}

/**
 * Folds x = factor·u + shift into the first layer.
 *
 * @param factor a number for each input, or one for all; likewise shift
 */
export function foldAffine(
  { layers, parameters }: Network,
  factor: Float64Array,
  shift: Float64Array,
): Network {
  const folded = parameters.slice();
  const { inputs, outputs, W, b } = layerViews(folded, layers)[0]!;
  for (let j = 0; j < outputs; j++) {
    let sum = b[j]!;
    for (let i = 0; i < inputs; i++) {
      const at = j * inputs + i;
      sum += W[at]! * valueFor(shift, i);
      W[at] = Math.fround(W[at]! * valueFor(factor, i));
    }
    b[j] = Math.fround(sum);
  }
  return { layers, parameters: folded };
}

function valueFor(values: Float64Array, i: number): number {
  return values[values.length === 1 ? 0 : i]!;
}
