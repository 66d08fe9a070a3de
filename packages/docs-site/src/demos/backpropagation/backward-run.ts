import {
  backward,
  crossEntropyFromLogits,
  forward,
  gradientCheck,
  linear,
  type Network,
  relu,
} from '@micronn/core';
import { formatAnySize, formatNumber, formatShort, inBrackets } from '../../desk/format-number.ts';

/** The 3-2-2 network, its input and the true class, named as in the tutorial; matrices row by row. */
export interface BackpropagationValues {
  readonly x: readonly number[];
  readonly label: number;
  readonly W1: readonly number[];
  readonly b1: readonly number[];
  readonly W2: readonly number[];
  readonly b2: readonly number[];
}

/** The values of the forward pass that the backward pass uses. */
type Operand = 'x' | 'z1' | 'a1' | 'W2' | 'a2' | 'y';

/** The gradients in the order in which they are computed. */
export const gradientNames = ['dz2', 'dW2', 'db2', 'da1', 'dz1', 'dW1', 'db1'] as const;
export type GradientName = (typeof gradientNames)[number];

/** The formula of each gradient. */
export const gradientFormulas: Readonly<Record<GradientName, string>> = {
  dz2: 'a2 − y',
  dW2: 'dz2·a1ᵀ',
  db2: 'dz2',
  da1: 'W2ᵀ·dz2',
  dz1: 'da1 ⊙ ReLU′(z1)',
  dW1: 'dz1·xᵀ',
  db1: 'dz1',
};

/** A gradient by its rule, and its numerical estimate: (L(v + ε) − L(v − ε)) / 2ε. */
interface CheckedGradient {
  readonly columns: number;
  readonly byRule: readonly number[];
  readonly byDifference: readonly number[];
}

/** A step of the backward pass: one number of one gradient. */
interface BackwardStep {
  /** The step in names: `dW2[0][1] = dz2[0] · a1[1]`. */
  readonly name: string;
  /** The step in numbers. */
  readonly arithmetic: string;
  /** The number that the step computes; undefined at the start. */
  readonly gives?: { readonly gradient: GradientName; readonly position: number; readonly moved: string };
  readonly lit: Partial<Record<Operand | GradientName, readonly number[]>>;
}

export interface BackwardRun {
  readonly operands: Readonly<Record<Operand, readonly number[]>>;
  readonly loss: number;
  readonly gradients: Readonly<Record<GradientName, CheckedGradient>>;
  readonly steps: readonly BackwardStep[];
  /** The result of core's gradientCheck for all parameters. */
  readonly check: { readonly checked: number; readonly failures: number; readonly worst: number };
}

const layers: readonly [D: number, H: number, C: number] = [3, 2, 2];
const [D, H, C] = layers;

/** The tolerances of core's gradientCheck. */
const ABSOLUTE_TOLERANCE = 1e-5;
const RELATIVE_TOLERANCE = 1e-3;

export function agree(byRule: number, byDifference: number): boolean {
  return Math.abs(byRule - byDifference) <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * Math.abs(byDifference);
}

/**
 * The backward pass by core, number by number, with the central difference of each number.
 *
 * @param epsilon the distance to either side
 */
export function runBackward(values: BackpropagationValues, epsilon: number): BackwardRun {
  const { x, label, W1, b1, W2, b2 } = values;
  const network: Network = { layers, parameters: Float64Array.from([...W1, ...b1, ...W2, ...b2]) };
  const input = Float64Array.from(x);
  const pass = forward(network, input);
  const back = backward(network, pass, [label]);
  const [z1, z2] = pass.z as [Float64Array, Float64Array];
  const [a1, a2] = pass.a as [Float64Array, Float64Array];

  // The loss as a function of a value in the middle of the network.
  const lossOfZ2 = (z: Float64Array) => crossEntropyFromLogits(z, [label], C);
  const lossOfA1 = (a: Float64Array) => lossOfZ2(linear(Float64Array.from(W2), Float64Array.from(b2), a));
  const lossOfZ1 = (z: Float64Array) => lossOfA1(relu(z));
  const parameters = measureParameters(network, input, label, epsilon);

  const gradient = (
    byRule: ArrayLike<number>,
    columns: number,
    byDifference: readonly number[],
  ): CheckedGradient => ({ columns, byRule: Array.from(byRule), byDifference });
  const [layer1, layer2] = back.layers;
  const gradients: Record<GradientName, CheckedGradient> = {
    dz2: gradient(back.dz[1]!, 1, centralDifferences(lossOfZ2, z2, epsilon)),
    dW2: gradient(layer2!.W, H, parameters.of('W2', layer2!.W, H)),
    db2: gradient(layer2!.b, 1, parameters.of('b2', layer2!.b, 1)),
    da1: gradient(back.da[0]!, 1, centralDifferences(lossOfA1, a1, epsilon)),
    dz1: gradient(back.dz[0]!, 1, centralDifferences(lossOfZ1, z1, epsilon)),
    dW1: gradient(layer1!.W, D, parameters.of('W1', layer1!.W, D)),
    db1: gradient(layer1!.b, 1, parameters.of('b1', layer1!.b, 1)),
  };
  const operands = {
    x: Array.from(x),
    z1: Array.from(z1),
    a1: Array.from(a1),
    W2: Array.from(W2),
    a2: Array.from(a2),
    y: Array.from(back.y),
  };
  return {
    operands,
    loss: lossOfZ2(z2),
    gradients,
    steps: backwardSteps(operands, gradients),
    check: parameters.check,
  };
}

/** (L(v + ε) − L(v − ε)) / 2ε for each value of v. */
function centralDifferences(
  loss: (values: Float64Array) => number,
  values: Float64Array,
  epsilon: number,
): number[] {
  return Array.from(values, (value, k) => {
    const [above, below] = [value + epsilon, value - epsilon].map((moved) => loss(values.with(k, moved)));
    return (above! - below!) / (2 * epsilon);
  });
}

/** The parameters' central differences, by core's gradientCheck. */
function measureParameters(network: Network, x: Float64Array, label: number, epsilon: number) {
  const { worst, checked } = gradientCheck(network, x, [label], { epsilon, kinkMargin: 0 });
  // With tolerance 0 it reports every gradient that differs from its estimate in any bit.
  const { failures: unequal } = gradientCheck(network, x, [label], {
    epsilon,
    kinkMargin: 0,
    absoluteTolerance: 0,
    relativeTolerance: 0,
  });
  const measured = new Map(unequal.map(({ parameter, numeric }) => [parameter, numeric]));
  const failures = unequal.filter(({ analytic, numeric }) => !agree(analytic, numeric)).length;
  return {
    check: { checked, failures, worst: worst.difference },
    of(name: string, gradients: Float64Array, columns: number): number[] {
      return Array.from(gradients, (analytic, k) => {
        const at = name.startsWith('W') ? `${Math.floor(k / columns)},${k % columns}` : `${k}`;
        return measured.get(`${name}[${at}]`) ?? analytic;
      });
    },
  };
}

/** The steps of the backward pass, in order. */
function backwardSteps(
  { x, z1, a1, W2, a2, y }: BackwardRun['operands'],
  gradients: BackwardRun['gradients'],
): BackwardStep[] {
  const steps: BackwardStep[] = [{ name: 'after the forward pass', arithmetic: '', lit: {} }];
  const factor = (value: number) => inBrackets(formatShort(value));
  const value = (name: GradientName, position: number) => gradients[name].byRule[position]!;
  const add = (
    gradient: GradientName,
    position: number,
    how: string,
    arithmetic: string,
    from: BackwardStep['lit'],
  ) => {
    const { columns } = gradients[gradient];
    const at = columns > 1 ? `[${Math.floor(position / columns)}][${position % columns}]` : `[${position}]`;
    steps.push({
      name: `${gradient}${at} = ${how}`,
      arithmetic: `${arithmetic} = ${formatNumber(value(gradient, position))}`,
      gives: { gradient, position, moved: gradient.slice(1) + at },
      lit: { ...from, [gradient]: [position] },
    });
  };
  /** dW = dz·inputᵀ and db = dz of one layer. */
  const addLayer = (
    [dW, db, dz]: readonly [GradientName, GradientName, GradientName],
    source: 'a1' | 'x',
    inputs: readonly number[],
    outputs: number,
  ) => {
    for (let k = 0; k < outputs; k++) {
      for (const [i, input] of inputs.entries()) {
        const product = `${factor(value(dz, k))} × ${factor(input)}`;
        add(dW, k * inputs.length + i, `${dz}[${k}] · ${source}[${i}]`, product, {
          [dz]: [k],
          [source]: [i],
        });
      }
    }
    for (let k = 0; k < outputs; k++) {
      steps.push({
        name: `${db}[${k}] = ${dz}[${k}]`,
        arithmetic: formatNumber(value(dz, k)),
        gives: { gradient: db, position: k, moved: `${db.slice(1)}[${k}]` },
        lit: { [dz]: [k], [db]: [k] },
      });
    }
  };

  for (const [k, p] of a2.entries()) {
    add('dz2', k, `a2[${k}] − y[${k}]`, `${formatNumber(p)} − ${formatShort(y[k]!)}`, { a2: [k], y: [k] });
  }
  addLayer(['dW2', 'db2', 'dz2'], 'a1', a1, C);
  for (let j = 0; j < H; j++) {
    const of = Array.from({ length: C }, (_, k) => k);
    add(
      'da1',
      j,
      of.map((k) => `W2[${k}][${j}] · dz2[${k}]`).join(' + '),
      of.map((k) => `${factor(W2[k * H + j]!)} × ${factor(value('dz2', k))}`).join(' + '),
      { W2: of.map((k) => k * H + j), dz2: of },
    );
  }
  for (const [j, z] of z1.entries()) {
    const slope = z > 0 ? 1 : 0;
    add('dz1', j, `da1[${j}] · ReLU′(z1[${j}])`, `${factor(value('da1', j))} × ${slope}`, {
      da1: [j],
      z1: [j],
    });
  }
  addLayer(['dW1', 'db1', 'dz1'], 'x', x, H);
  return steps;
}

/** The range of exponents: ε is 10 to the power of minus the exponent. */
export const epsilonExponents: readonly [from: number, to: number] = [1, 13];

/** The largest difference for each ε, both as logarithms to base 10; −∞ if there is no difference. */
export function worstByEpsilon(values: BackpropagationValues): [exponent: number, worst: number][] {
  const [from, to] = epsilonExponents;
  return Array.from({ length: to - from + 1 }, (_, k) => {
    const exponent = -(from + k);
    return [exponent, Math.log10(runBackward(values, 10 ** exponent).check.worst)];
  });
}

/** Number of values of a gradient that are computed at a step. */
export function knownAt({ steps }: BackwardRun, at: number, gradient: GradientName): number {
  return steps.slice(0, at + 1).filter(({ gives }) => gives?.gradient === gradient).length;
}

/** The current step, in a few sentences. */
export function describeBackward(run: BackwardRun, at: number, epsilon: number): string {
  const { steps, gradients, loss, check } = run;
  const { name, arithmetic, gives } = steps[at]!;
  if (!gives) {
    return `The loss is ${formatNumber(loss)}. ${steps.length - 1} steps lead back to the gradients of all ${check.checked} parameters.`;
  }
  const { gradient, position, moved } = gives;
  const byRule = gradients[gradient].byRule[position]!;
  const byDifference = gradients[gradient].byDifference[position]!;
  const apart = formatApart(Math.abs(byRule - byDifference));
  const measured = `With ${moved} changed by ±${formatPower(epsilon)}, the loss has the slope ${formatNumber(byDifference)}: ${agree(byRule, byDifference) ? 'the difference is' : 'they disagree, the difference is'} ${apart}.`;
  const end = at === steps.length - 1 ? ` ${describeCheck(run)}` : '';
  const kink = end !== '' || !agree(byRule, byDifference) ? describeKink(run) : '';
  return `${name}: ${arithmetic}. ${measured}${end}${kink}`;
}

/** A z that is closer to 0 than this is 0 up to rounding. */
const ROUNDING = 1e-12;

/** Explains that no gradient exists if a hidden neuron is on ReLU's kink; empty otherwise. */
function describeKink({ operands, gradients }: BackwardRun): string {
  const j = operands.z1.findIndex((z, k) => Math.abs(z) < ROUNDING && gradients.da1.byRule[k] !== 0);
  if (j === -1) return '';
  return ` z1[${j}] is 0, on ReLU’s kink: the loss has a different slope on either side, so no gradient exists there. The rule takes the slope of one side; the estimate is the mean of both.`;
}

/** The result of core's gradientCheck, in a sentence. */
function describeCheck({ check: { checked, failures, worst } }: BackwardRun): string {
  return failures === 0
    ? `All ${checked} parameters pass the gradient check; the largest difference is ${formatApart(worst)}.`
    : `${failures} of ${checked} parameters fail the gradient check; the largest difference is ${formatApart(worst)}.`;
}

/** The difference of two numbers that should be equal. */
export function formatApart(distance: number): string {
  return distance === 0 ? '0' : formatAnySize(distance, 3);
}

/** 1e-6 as 10⁻⁶. */
export function formatPower(value: number): string {
  return formatAnySize(value, 0).replace('1.000 × ', '');
}
