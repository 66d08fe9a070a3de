import { type Network, tensorPlaces } from '../parameters.ts';
import { assertLength, assertOneOf, assertParameters, assertPositive, assertWholeNumber } from '../shapes.ts';
import { reluDerivative } from './activations.ts';
import { type BackwardPass, backward } from './backward.ts';
import { exp } from './elementary.ts';
import { type ForwardPass, forward } from './forward.ts';
import { crossEntropyFromLogits } from './loss.ts';
import { argmax } from './prediction.ts';
import { sgdStep } from './sgd.ts';

/** The phases of one training step, in order. */
export type TracePhase = 'setup' | 'forward' | 'loss' | 'backward' | 'update' | 'verify';

/** One quantity of a training step: its name in the tutorial, its formula and its values. */
export interface TraceEntry {
  readonly phase: TracePhase;
  /** `W1`, `z1`, `a1`, `dz2`, …; names of values after the step begin with `after.`, such as `after.W1`. */
  readonly name: string;
  /** The formula, such as `W1·x + b1`; empty for an input. */
  readonly formula: string;
  /** (rows, columns) of a matrix, (n) of a vector, () of a single number. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** One training step with every intermediate value, in the order in which it is computed. */
export interface Trace {
  readonly entries: readonly TraceEntry[];
  /**
   * The values of the entry with this name.
   *
   * @throws ShapeError for an unknown name
   */
  readonly values: (name: string) => Float64Array;
  /** The network after the step; the network before it does not change. */
  readonly network: Network;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/**
 * One training step of plain gradient descent on one sample, with every intermediate value: the tutorial's worked
 * example for any network. The trace copies x and the parameters, so later changes to them do not affect it.
 *
 * Shapes: x (D), one label, layers of any depth.
 *
 * Source: tutorial, "Full Worked Example".
 *
 * @throws ShapeError when the parameters do not match the layers, x is not one sample, the label is not a class, or
 * the learning rate is not positive
 */
export function traceStep(network: Network, x: Float64Array, label: number, learningRate: number): Trace {
  const { layers } = network;
  assertParameters('traceStep', network.parameters, layers);
  assertLength('traceStep', 'x', x, layers[0]!);
  const C = layers.at(-1)!;
  assertWholeNumber('traceStep', 'label', label, 0, C - 1);
  assertPositive('traceStep', 'learningRate', learningRate);

  const sample = x.slice();
  const pass = forward(network, sample);
  const back = backward(network, pass, [label]);
  const after: Network = { layers, parameters: network.parameters.slice() };
  sgdStep(after.parameters, back.gradients, { learningRate });
  const passAfter = forward(after, sample);
  const [lossBefore, lossAfter] = [pass, passAfter].map(({ z }) =>
    crossEntropyFromLogits(z.at(-1)!, [label], C),
  ) as [number, number];

  const last = `a${layers.length - 1}`;
  const entries: TraceEntry[] = [
    ...parameterEntries('setup', '', network, () => ''),
    vectorEntry('setup', 'x', '', sample),
    ...forwardEntries('forward', '', pass),
    vectorEntry('loss', 'y', `one-hot of ${label}`, back.y),
    numberEntry('loss', 'loss', `−log ${last}[${label}]`, lossBefore),
    ...backwardEntries(pass, back),
    ...parameterEntries('update', 'after.', after, (name) => `${name} − ${learningRate}·d${name}`),
    ...forwardEntries('verify', 'after.', passAfter),
    numberEntry('verify', 'after.loss', `−log after.${last}[${label}]`, lossAfter),
    numberEntry('verify', 'prediction', `argmax ${last}`, argmax(pass.probabilities)[0]!),
    numberEntry('verify', 'after.prediction', `argmax after.${last}`, argmax(passAfter.probabilities)[0]!),
  ];
  const byName = new Map(entries.map((entry) => [entry.name, entry.values]));
  return {
    entries,
    values(name) {
      assertOneOf('traceStep', 'name', name, [...byName.keys()]);
      return byName.get(name)!;
    },
    network: after,
    lossBefore,
    lossAfter,
  };
}

function vectorEntry(phase: TracePhase, name: string, formula: string, values: Float64Array): TraceEntry {
  return { phase, name, formula, shape: [values.length], values };
}

function numberEntry(phase: TracePhase, name: string, formula: string, value: number): TraceEntry {
  return { phase, name, formula, shape: [], values: Float64Array.of(value) };
}

function parameterEntries(
  phase: TracePhase,
  prefix: string,
  { layers, parameters }: Network,
  formulaOf: (name: string) => string,
): TraceEntry[] {
  return tensorPlaces(layers).map(({ name, shape, offset, length }) => {
    const values = parameters.slice(offset, offset + length);
    return { phase, name: prefix + name, formula: formulaOf(name), shape, values };
  });
}

/** z and a of each layer; for the last layer also the terms of the tutorial's softmax. */
function forwardEntries(phase: TracePhase, prefix: string, pass: ForwardPass): TraceEntry[] {
  return pass.z.flatMap((z, index) => {
    const l = index + 1;
    const a = pass.a[index]!;
    const input = l === 1 ? 'x' : `${prefix}a${l - 1}`;
    const linear = vectorEntry(phase, `${prefix}z${l}`, `${prefix}W${l}·${input} + ${prefix}b${l}`, z);
    if (l < pass.z.length) return [linear, vectorEntry(phase, `${prefix}a${l}`, `ReLU(${prefix}z${l})`, a)];
    // The tutorial's form of softmax: e^z and its sum, without subtracting the maximum. For large logits these values
    // are ∞, while the softmax stays finite.
    const exponentials = z.map(exp);
    const sum = exponentials.reduce((total, value) => total + value, 0);
    return [
      linear,
      vectorEntry(phase, `${prefix}expZ${l}`, `e^${prefix}z${l}`, exponentials),
      numberEntry(phase, `${prefix}sumExpZ${l}`, `Σ e^${prefix}z${l}`, sum),
      vectorEntry(phase, `${prefix}a${l}`, `softmax(${prefix}z${l})`, a),
    ];
  });
}

/** The gradients of each layer, from the last layer to the first. */
function backwardEntries(pass: ForwardPass, back: BackwardPass): TraceEntry[] {
  const phase = 'backward';
  const depth = back.layers.length;
  return Array.from(back.layers, (_, index) => depth - index).flatMap((l) => {
    const { W: dW, b: db, inputs, outputs } = back.layers[l - 1]!;
    const dz = back.dz[l - 1]!;
    const toPreActivations =
      l === depth
        ? [vectorEntry(phase, `dz${l}`, `a${l} − y`, dz)]
        : [
            vectorEntry(phase, `da${l}`, `W${l + 1}ᵀ·dz${l + 1}`, back.da[l - 1]!),
            vectorEntry(phase, `reluDerivativeZ${l}`, `ReLU′(z${l})`, reluDerivative(pass.z[l - 1]!)),
            vectorEntry(phase, `dz${l}`, `da${l} ⊙ ReLU′(z${l})`, dz),
          ];
    const input = l === 1 ? 'x' : `a${l - 1}`;
    return [
      ...toPreActivations,
      { phase, name: `dW${l}`, formula: `dz${l}·${input}ᵀ`, shape: [outputs, inputs], values: dW },
      vectorEntry(phase, `db${l}`, `dz${l}`, db),
    ];
  });
}
