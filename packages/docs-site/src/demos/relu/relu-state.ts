import { type Network, reluDerivative, relu as reluOf, traceStep } from '@micronn/core';
import { formatNumber } from '../../desk/format-number.ts';

/** The worked example: 3-2-2, its first parameters, its sample. */
export interface ReluSetup {
  readonly W1: readonly number[];
  readonly b1: readonly number[];
  readonly W2: readonly number[];
  readonly b2: readonly number[];
  readonly x: readonly number[];
  readonly label: number;
  readonly learningRate: number;
}

/** The values of one hidden neuron in the forward and the backward pass. */
export interface NeuronRow {
  readonly z: number;
  readonly a: number;
  readonly derivative: number;
  /** da1 = W2ᵀ·dz2: the gradient from the output layer. */
  readonly arriving: number;
  /** dz1 = arriving · derivative: the gradient of z. */
  readonly dz: number;
}

export interface ReluState {
  /** The bias of hidden neuron 0, which the reader moves. */
  readonly bias: number;
  readonly neurons: readonly NeuronRow[];
  /** Row by row, as W1. */
  readonly dW1: readonly number[];
  /** z1[0] after one step of gradient descent on this sample. */
  readonly zAfter: number;
}

/** The largest value of z1[0]; the smallest is its negative. */
export const reach = 1;

/** The worked example with another bias of hidden neuron 0, forward and backward, by core. */
export function reluState(setup: ReluSetup, bias: number): ReluState {
  const { W1, b1, W2, b2, x, label, learningRate } = setup;
  const network: Network = {
    layers: [x.length, b1.length, b2.length],
    parameters: Float64Array.from([...W1, ...b1.with(0, bias), ...W2, ...b2]),
  };
  const trace = traceStep(network, Float64Array.from(x), label, learningRate);
  const [z1, a1, dz1] = ['z1', 'a1', 'dz1'].map((name) => trace.values(name));
  const dz2 = trace.values('dz2');
  const slopes = reluDerivative(z1!);
  return {
    bias,
    neurons: Array.from(z1!, (z, j) => ({
      z,
      a: a1![j]!,
      derivative: slopes[j]!,
      arriving: dz2.reduce((sum, value, c) => sum + W2[c * b1.length + j]! * value, 0),
      dz: dz1![j]!,
    })),
    dW1: Array.from(trace.values('dW1')),
    zAfter: trace.values('after.z1')[0]!,
  };
}

/** The bias for which z1[0] has the wanted value: z minus the products. */
export function biasFor({ W1, x }: ReluSetup, z: number): number {
  const products = x.reduce((sum, value, i) => sum + W1[i]! * value, 0);
  // Rounds off the last bits of binary fractions, so that −0.02 gives the bias 0.1. At the kink they matter.
  return z === 0 ? -products : Number((z - products).toPrecision(12));
}

/** Corners of the two curves over the range of z. */
export function reluCurves(): { relu: Corners; derivative: readonly Corners[] } {
  const at = (z: number) => [z, reluOf(Float64Array.of(z))[0]!] as const;
  return {
    relu: [-reach, 0, reach].map(at),
    derivative: [
      [
        [-reach, 0],
        [0, 0],
      ],
      [
        [0, 1],
        [reach, 1],
      ],
    ],
  };
}

type Corners = readonly (readonly [number, number])[];

/** The result in a sentence. */
export function describeRelu({ neurons, zAfter }: ReluState): string {
  const { z, a, arriving, dz } = neurons[0]!;
  if (z > 0) {
    return `Neuron 0 is active: z1[0] = ${formatNumber(z)}, a1[0] = ${formatNumber(a)}, the derivative is 1, and the gradient ${formatNumber(dz)} reaches its weights. After one step z1[0] would be ${formatNumber(zAfter)}.`;
  }
  return `Neuron 0 is inactive: ReLU turns z1[0] = ${formatNumber(z)} into 0, and the derivative is 0. The gradient ${formatNumber(arriving)} from the output is multiplied by 0, so a step leaves z1[0] at ${formatNumber(zAfter)}.`;
}
