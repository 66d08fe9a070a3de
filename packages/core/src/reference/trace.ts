import { type Network, tensorPlaces } from '../parameters.ts';
import { assertLabels, sampleCount } from '../shapes.ts';
import { reluDerivative } from './activations.ts';
import { backward } from './backward.ts';
import { forward } from './forward.ts';
import { crossEntropyFromLogits, oneHot } from './loss.ts';
import { argmax } from './prediction.ts';
import { sgdStep } from './sgd.ts';

/** The parts of one training step, in order. */
export type TracePhase = 'setup' | 'forward' | 'loss' | 'backward' | 'update' | 'verify';

/** One quantity of a training step: its name in the tutorial, its formula and its values. */
export interface TraceEntry {
  readonly phase: TracePhase;
  /** `W1`, `z1`, `a1`, `dz2`, …; values after the step begin with `after.`, as `after.W1`. */
  readonly name: string;
  /** How it came about, as `W1·x + b1`; empty for what was given. */
  readonly formula: string;
  /** (rows, columns) of a matrix, (n) of a vector, () of a single number. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** One training step with every intermediate value, in the order in which it is computed. */
export interface Trace {
  readonly entries: readonly TraceEntry[];
  /** The values of the entry of that name. */
  values(name: string): Float64Array;
  /** The network after the step; the one before is untouched. */
  readonly network: Network;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/**
 * One training step of plain gradient descent on one sample, kept whole: the tutorial's worked example for
 * any network.
 *
 * Shapes: x (D), one label, layers of any depth.
 *
 * Source: tutorial, "Full Worked Example".
 *
 * @throws ShapeError when x is not one sample, or the label no class
 */
export function traceStep(network: Network, x: Float64Array, label: number, learningRate: number): Trace {
  const { layers } = network;
  const C = layers.at(-1)!;
  const depth = layers.length - 1;
  const labels = [label];
  assertLabels('traceStep', labels, sampleCount('traceStep', x, layers[0]!), C);
  const places = tensorPlaces(layers);
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
  const addTensors = (
    phase: TracePhase,
    prefix: string,
    flat: Float64Array,
    formula: (name: string) => string,
  ): void => {
    for (const { name, shape, offset, length } of places) {
      add(phase, prefix + name, formula(name), flat.slice(offset, offset + length), shape);
    }
  };

  addTensors('setup', '', network.parameters, () => '');
  add('setup', 'x', '', x);

  const traceForward = (current: Network, phase: TracePhase, prefix: string) => {
    const pass = forward(current, x);
    for (let l = 1; l <= depth; l++) {
      const input = l === 1 ? 'x' : `${prefix}a${l - 1}`;
      const z = pass.z[l - 1]!;
      add(phase, `${prefix}z${l}`, `${prefix}W${l}·${input} + ${prefix}b${l}`, z);
      if (l < depth) {
        add(phase, `${prefix}a${l}`, `ReLU(${prefix}z${l})`, pass.a[l - 1]!);
      } else {
        // As the tutorial writes softmax: e^z and its sum, without the maximum taken out.
        const exponentials = z.map(Math.exp);
        const sum = exponentials.reduce((total, value) => total + value, 0);
        add(phase, `${prefix}expZ${l}`, `e^${prefix}z${l}`, exponentials);
        add(phase, `${prefix}sumExpZ${l}`, `Σ e^${prefix}z${l}`, Float64Array.of(sum), []);
        add(phase, `${prefix}a${l}`, `softmax(${prefix}z${l})`, pass.a[l - 1]!);
      }
    }
    const loss = crossEntropyFromLogits(pass.z.at(-1)!, labels, C);
    return { pass, loss };
  };

  const before = traceForward(network, 'forward', '');
  add('loss', 'y', `one-hot of ${label}`, oneHot(labels, C));
  add('loss', 'loss', `−log a${depth}[${label}]`, Float64Array.of(before.loss), []);

  const back = backward(network, before.pass, labels);
  const gradientTensors = places.map((place) => ({
    ...place,
    values: back.gradients.slice(place.offset, place.offset + place.length),
  }));
  for (let l = depth; l >= 1; l--) {
    if (l === depth) {
      add('backward', `dz${l}`, `a${l} − y`, back.dz[l - 1]!);
    } else {
      add('backward', `da${l}`, `W${l + 1}ᵀ·dz${l + 1}`, back.da[l - 1]!);
      add('backward', `reluDerivativeZ${l}`, `ReLU′(z${l})`, reluDerivative(before.pass.z[l - 1]!));
      add('backward', `dz${l}`, `da${l} ⊙ ReLU′(z${l})`, back.dz[l - 1]!);
    }
    const input = l === 1 ? 'x' : `a${l - 1}`;
    const [dW, db] = [gradientTensors[2 * l - 2]!, gradientTensors[2 * l - 1]!];
    add('backward', `dW${l}`, `dz${l}·${input}ᵀ`, dW.values, dW.shape);
    add('backward', `db${l}`, `dz${l}`, db.values, db.shape);
  }

  const after: Network = { layers, parameters: network.parameters.slice() };
  sgdStep(after.parameters, back.gradients, { learningRate });
  addTensors('update', 'after.', after.parameters, (name) => `${name} − ${learningRate}·d${name}`);

  const verified = traceForward(after, 'verify', 'after.');
  add('verify', 'after.loss', `−log after.a${depth}[${label}]`, Float64Array.of(verified.loss), []);
  add('verify', 'prediction', `argmax a${depth}`, Float64Array.from(argmax(before.pass.probabilities)), []);
  add(
    'verify',
    'after.prediction',
    `argmax after.a${depth}`,
    Float64Array.from(argmax(verified.pass.probabilities)),
    [],
  );

  const byName = new Map(entries.map((entry) => [entry.name, entry.values]));
  return {
    entries,
    values(name) {
      const values = byName.get(name);
      if (!values)
        throw new RangeError(
          `traceStep: no quantity is called ${name}; there are ${[...byName.keys()].join(', ')}`,
        );
      return values;
    },
    network: after,
    lossBefore: before.loss,
    lossAfter: verified.loss,
  };
}
