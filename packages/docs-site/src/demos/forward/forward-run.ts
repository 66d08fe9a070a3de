import { forward, type Network } from '@micronn/core';
import { formatNumber, formatPercent, formatShort, inBrackets } from '../../desk/format-number.ts';

/** The 3-2-2 network and its input, named as in the tutorial; matrices row by row. */
export interface ForwardValues {
  readonly x: readonly number[];
  readonly W1: readonly number[];
  readonly b1: readonly number[];
  readonly W2: readonly number[];
  readonly b2: readonly number[];
}

export type ForwardQuantity = keyof ForwardValues;
export type ForwardResult = 'z1' | 'a1' | 'z2' | 'a2';

/** Positions of the cells that a step is about, by quantity. */
type Lit = Partial<Record<ForwardQuantity | ForwardResult, readonly number[]>>;

/** One step of the pass: a product, a bias, an activation. */
interface ForwardStep {
  /** The step in names: `W1[0][2] · x[2]`. */
  readonly name: string;
  /** The step in numbers. */
  readonly arithmetic: string;
  /** The result. */
  readonly value: number;
  readonly lit: Lit;
  /** Number of values of each result that are computed after the step. */
  readonly known: Readonly<Record<ForwardResult, number>>;
}

export interface ForwardRun {
  readonly z1: readonly number[];
  readonly a1: readonly number[];
  readonly z2: readonly number[];
  readonly a2: readonly number[];
  /** The first step is the state before the computation. */
  readonly steps: readonly ForwardStep[];
}

/** The sizes of the worked example's network. */
export const forwardLayers: readonly [D: number, H: number, C: number] = [3, 2, 2];

/** The forward pass by core, product by product. */
export function runForward(values: ForwardValues): ForwardRun {
  const { x, W1, b1, W2, b2 } = values;
  const network: Network = {
    layers: forwardLayers,
    parameters: Float64Array.from([...W1, ...b1, ...W2, ...b2]),
  };
  const pass = forward(network, Float64Array.from(x));
  const [z1, z2] = pass.z.map((z) => Array.from(z)) as [number[], number[]];
  const [a1, a2] = pass.a.map((a) => Array.from(a)) as [number[], number[]];

  const known = { z1: 0, a1: 0, z2: 0, a2: 0 };
  const steps: ForwardStep[] = [
    {
      name: 'the input',
      arithmetic: '',
      value: x[0]!,
      lit: { x: x.map((_, i) => i) },
      known: { ...known },
    },
  ];
  const add = (step: Omit<ForwardStep, 'known'>) => steps.push({ ...step, known: { ...known } });

  for (const [j, z] of z1.entries()) {
    addNeuron({ W: 'W1', b: 'b1', z: 'z1', from: 'x', weights: W1, bias: b1[j]!, inputs: x, j, sum: z });
    known.a1 = j + 1;
    const rule = z > 0 ? 'positive, so it stays' : 'not positive, so it becomes 0';
    add({
      name: `a1[${j}] = ReLU(z1[${j}])`,
      arithmetic: `${formatNumber(z)} is ${rule}`,
      value: a1[j]!,
      lit: { z1: [j], a1: [j] },
    });
  }
  for (const [j, z] of z2.entries()) {
    addNeuron({ W: 'W2', b: 'b2', z: 'z2', from: 'a1', weights: W2, bias: b2[j]!, inputs: a1, j, sum: z });
  }
  known.a2 = a2.length;
  add({
    name: 'a2 = softmax(z2)',
    arithmetic: a2.map((p, k) => `class ${k} gets ${formatPercent(p)}`).join(', '),
    value: a2[0]!,
    lit: { z2: z2.map((_, k) => k), a2: a2.map((_, k) => k) },
  });
  return { z1, a1, z2, a2, steps };

  /** The products of one neuron, one step each, and the bias that completes its sum. */
  function addNeuron(neuron: {
    W: 'W1' | 'W2';
    b: 'b1' | 'b2';
    z: 'z1' | 'z2';
    from: 'x' | 'a1';
    weights: readonly number[];
    bias: number;
    inputs: readonly number[];
    j: number;
    sum: number;
  }): void {
    const { W, b, z, from, weights, bias, inputs, j, sum } = neuron;
    const terms: string[] = [];
    for (const [i, input] of inputs.entries()) {
      const at = j * inputs.length + i;
      const weight = weights[at]!;
      terms.push(inBrackets(formatNumber(weight * input)));
      add({
        name: `${W}[${j}][${i}] · ${from}[${i}]`,
        arithmetic: `${formatShort(weight)} × ${formatShort(input)} = ${formatNumber(weight * input)}`,
        value: weight * input,
        lit: { [W]: [at], [from]: [i] },
      });
    }
    known[z] = j + 1;
    add({
      name: `${z}[${j}] = the products + ${b}[${j}]`,
      arithmetic: `${[...terms, inBrackets(formatNumber(bias))].join(' + ')} = ${formatNumber(sum)}`,
      value: sum,
      lit: { [b]: [j], [z]: [j], [W]: inputs.map((_, i) => j * inputs.length + i) },
    });
  }
}

/** The current step, in a sentence. */
export function describeForward({ steps, a2 }: ForwardRun, at: number): string {
  const { name, arithmetic } = steps[at]!;
  if (at === 0) return `${steps.length - 1} steps lead from the input to the probabilities.`;
  const end = at === steps.length - 1 ? `. The network predicts class ${a2.indexOf(Math.max(...a2))}.` : '.';
  return `${name}: ${arithmetic}${end}`;
}
