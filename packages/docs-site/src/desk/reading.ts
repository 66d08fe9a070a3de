import { argmax, type ForwardPass, forward, layerViews, type Network, scalePixels } from '@micronn/core';
import { formatPercent } from './format-number.ts';

/** A network's prediction for an image. */
export interface Reading {
  readonly digit: number;
  readonly probabilities: Float64Array;
  /** Every value of the forward pass. */
  readonly pass: ForwardPass;
}

/** Classifies an image of 28 × 28 bytes, with pixels divided by 255. */
export function readImage(network: Network, image: Uint8Array): Reading {
  const pass = forward(network, scalePixels(image));
  return { digit: argmax(pass.probabilities)[0]!, probabilities: pass.probabilities, pass };
}

/** A neuron: its layer from 1, as in W1, and its index there. */
export interface NeuronPlace {
  readonly layer: number;
  readonly neuron: number;
}

/** One product of a neuron's sum. */
interface Term {
  /** Index of the input: a pixel, or a neuron of the previous layer. */
  readonly index: number;
  readonly weight: number;
  readonly input: number;
  readonly product: number;
}

/** The value of a neuron: z = Σ weight · input + bias, and a from z. */
export interface NeuronArithmetic {
  /** From 1, as in W1. */
  readonly layer: number;
  readonly neuron: number;
  /** Products whose input is not 0, the largest first. */
  readonly terms: readonly Term[];
  /** Number of inputs that are 0. */
  readonly zeros: number;
  readonly bias: number;
  readonly z: number;
  readonly a: number;
}

/** The arithmetic of one neuron in a forward pass. */
export function neuronArithmetic(
  { layers, parameters }: Network,
  { x, z, a }: ForwardPass,
  layer: number,
  neuron: number,
): NeuronArithmetic {
  const { W, b, inputs } = layerViews(parameters, layers)[layer - 1]!;
  const from = layer === 1 ? x : a[layer - 2]!;
  const row = W.subarray(neuron * inputs, (neuron + 1) * inputs);
  const terms = Array.from(row, (weight, index) => ({
    index,
    weight,
    input: from[index]!,
    product: weight * from[index]!,
  }))
    .filter(({ input }) => input !== 0)
    .toSorted((one, other) => Math.abs(other.product) - Math.abs(one.product));
  return {
    layer,
    neuron,
    terms,
    zeros: inputs - terms.length,
    bias: b[neuron]!,
    z: z[layer - 1]![neuron]!,
    a: a[layer - 1]![neuron]!,
  };
}

/** How z of a neuron splits into a contribution of each pixel and one of the biases. */
export interface PixelContributions {
  /** The weight v of each pixel: the neuron's own weights in layer 1, those of the whole network for this image above. */
  readonly weights: Float64Array;
  readonly perPixel: Float64Array;
  readonly biases: number;
  readonly z: number;
}

/**
 * The contribution of each pixel to the z of a neuron in any layer. ReLU passes a value or replaces it by 0, so for
 * one image the network is a weighted sum of its pixels, and the contributions are exact:
 *
 *   z_l = W_l · (… [z_1 > 0] ⊙ (W_1 · x + b_1) …) + b_l = Σ_i v_i · x_i + rest
 */
export function pixelContributions(
  { layers, parameters }: Network,
  { x, z }: ForwardPass,
  layer: number,
  neuron: number,
): PixelContributions {
  const views = layerViews(parameters, layers);
  const { W, inputs } = views[layer - 1]!;
  let v = W.slice(neuron * inputs, (neuron + 1) * inputs);
  for (let l = layer - 2; l >= 0; l--) {
    const before = views[l]!;
    const through = new Float64Array(before.inputs);
    for (let j = 0; j < before.outputs; j++) {
      if (!(z[l]![j]! > 0)) continue;
      for (let i = 0; i < before.inputs; i++) through[i]! += v[j]! * before.W[j * before.inputs + i]!;
    }
    v = through;
  }
  const perPixel = v.map((value, i) => value * x[i]!);
  const score = z[layer - 1]![neuron]!;
  return { weights: v, perPixel, biases: score - perPixel.reduce((sum, value) => sum + value, 0), z: score };
}

/** The prediction in a sentence. */
export function describeReading(name: string, { digit, probabilities }: Reading): string {
  const order = Array.from(probabilities.keys()).toSorted((a, b) => probabilities[b]! - probabilities[a]!);
  const second = order[1]!;
  return `${name} predicts ${digit} with ${formatPercent(probabilities[digit]!)}; second is ${second} with ${formatPercent(probabilities[second]!)}.`;
}

/** Row and column of a pixel, from 0. */
export function pixelPlace(index: number, side = 28): string {
  return `row ${Math.floor(index / side)}, column ${index % side}`;
}
