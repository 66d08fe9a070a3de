import { type Network, tensorPlaces } from '../parameters.ts';
import { assertLength, assertOneOf, assertParameters, assertPositive, assertWholeNumber } from '../shapes.ts';
import { reluDerivative } from './activations.ts';
import { backward } from './backward.ts';
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
  const depth = layers.length - 1;
  const labels = [label];
  const entries: TraceEntry[] = [];
  const add = (
    phase: TracePhase,
    name: string,
    formula: string,
    values: Float64Array,
    shape: readonly number[] = [values.length],
  ): void => {
    entries.push({ phase, name, formula, shape, values });
  };
  const addNumber = (phase: TracePhase, name: string, formula: string, value: number): void =>
    add(phase, name, formula, Float64Array.of(value), []);
  const addParameters = (
    phase: TracePhase,
    prefix: string,
    { parameters }: Network,
    formula: (name: string) => string,
  ): void => {
    for (const { name, shape, offset, length } of tensorPlaces(layers)) {
      add(phase, prefix + name, formula(name), parameters.slice(offset, offset + length), shape);
    }
  };
  const addForward = (phase: TracePhase, prefix: string, pass: ForwardPass): void => {
    for (let l = 1; l <= depth; l++) {
      const [z, a] = [pass.z[l - 1]!, pass.a[l - 1]!];
      const input = l === 1 ? 'x' : `${prefix}a${l - 1}`;
      add(phase, `${prefix}z${l}`, `${prefix}W${l}·${input} + ${prefix}b${l}`, z);
      if (l < depth) {
        add(phase, `${prefix}a${l}`, `ReLU(${prefix}z${l})`, a);
      } else {
        // The tutorial's form of softmax: e^z and its sum, without subtracting the maximum. For large logits these
        // values are ∞, while the softmax below stays finite.
        const exponentials = z.map(exp);
        const sum = exponentials.reduce((total, value) => total + value, 0);
        add(phase, `${prefix}expZ${l}`, `e^${prefix}z${l}`, exponentials);
        addNumber(phase, `${prefix}sumExpZ${l}`, `Σ e^${prefix}z${l}`, sum);
        add(phase, `${prefix}a${l}`, `softmax(${prefix}z${l})`, a);
      }
    }
  };
  const lossOf = (pass: ForwardPass): number => crossEntropyFromLogits(pass.z.at(-1)!, labels, C);

  addParameters('setup', '', network, () => '');
  const sample = x.slice();
  add('setup', 'x', '', sample);

  const pass = forward(network, sample);
  addForward('forward', '', pass);

  const lossBefore = lossOf(pass);
  const back = backward(network, pass, labels);
  add('loss', 'y', `one-hot of ${label}`, back.y);
  addNumber('loss', 'loss', `−log a${depth}[${label}]`, lossBefore);

  for (let l = depth; l >= 1; l--) {
    if (l === depth) {
      add('backward', `dz${l}`, `a${l} − y`, back.dz[l - 1]!);
    } else {
      add('backward', `da${l}`, `W${l + 1}ᵀ·dz${l + 1}`, back.da[l - 1]!);
      add('backward', `reluDerivativeZ${l}`, `ReLU′(z${l})`, reluDerivative(pass.z[l - 1]!));
      add('backward', `dz${l}`, `da${l} ⊙ ReLU′(z${l})`, back.dz[l - 1]!);
    }
    const { W: dW, b: db, inputs, outputs } = back.layers[l - 1]!;
    add('backward', `dW${l}`, `dz${l}·${l === 1 ? 'x' : `a${l - 1}`}ᵀ`, dW, [outputs, inputs]);
    add('backward', `db${l}`, `dz${l}`, db);
  }

  const after: Network = { layers, parameters: network.parameters.slice() };
  sgdStep(after.parameters, back.gradients, { learningRate });
  addParameters('update', 'after.', after, (name) => `${name} − ${learningRate}·d${name}`);

  const passAfter = forward(after, sample);
  addForward('verify', 'after.', passAfter);
  const lossAfter = lossOf(passAfter);
  addNumber('verify', 'after.loss', `−log after.a${depth}[${label}]`, lossAfter);
  addNumber('verify', 'prediction', `argmax a${depth}`, argmax(pass.probabilities)[0]!);
  addNumber('verify', 'after.prediction', `argmax after.a${depth}`, argmax(passAfter.probabilities)[0]!);

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
