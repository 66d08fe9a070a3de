import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../test/distance.ts';
import { createNetwork } from '../initialize.ts';
import { layerViews } from '../parameters.ts';
import { ShapeError } from '../shapes.ts';
import { backward } from './backward.ts';
import { forward } from './forward.ts';
import { crossEntropyFromLogits } from './loss.ts';
import { sgdStep } from './sgd.ts';
import { traceStep } from './trace.ts';

// test/tutorial.test.ts compares the values with the tutorial; these tests check the structure of the trace.
const network = createNetwork([3, 2, 2], { seed: 1 });
const x = Float64Array.of(0.5, 0.8, 0.2);

describe('traceStep', () => {
  test('has every quantity of the worked example with its phase, formula and shape, in order', () => {
    const lines = traceStep(network, x, 1, 0.1).entries.map(({ phase, name, formula, shape }) =>
      `${phase}: ${name} (${shape.join(', ')}) ${formula}`.trimEnd(),
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "setup: W1 (2, 3)",
        "setup: b1 (2)",
        "setup: W2 (2, 2)",
        "setup: b2 (2)",
        "setup: x (3)",
        "forward: z1 (2) W1·x + b1",
        "forward: a1 (2) ReLU(z1)",
        "forward: z2 (2) W2·a1 + b2",
        "forward: expZ2 (2) e^z2",
        "forward: sumExpZ2 () Σ e^z2",
        "forward: a2 (2) softmax(z2)",
        "loss: y (2) one-hot of 1",
        "loss: loss () −log a2[1]",
        "backward: dz2 (2) a2 − y",
        "backward: dW2 (2, 2) dz2·a1ᵀ",
        "backward: db2 (2) dz2",
        "backward: da1 (2) W2ᵀ·dz2",
        "backward: reluDerivativeZ1 (2) ReLU′(z1)",
        "backward: dz1 (2) da1 ⊙ ReLU′(z1)",
        "backward: dW1 (2, 3) dz1·xᵀ",
        "backward: db1 (2) dz1",
        "update: after.W1 (2, 3) W1 − 0.1·dW1",
        "update: after.b1 (2) b1 − 0.1·db1",
        "update: after.W2 (2, 2) W2 − 0.1·dW2",
        "update: after.b2 (2) b2 − 0.1·db2",
        "verify: after.z1 (2) after.W1·x + after.b1",
        "verify: after.a1 (2) ReLU(after.z1)",
        "verify: after.z2 (2) after.W2·after.a1 + after.b2",
        "verify: after.expZ2 (2) e^after.z2",
        "verify: after.sumExpZ2 () Σ e^after.z2",
        "verify: after.a2 (2) softmax(after.z2)",
        "verify: after.loss () −log after.a2[1]",
        "verify: prediction () argmax a2",
        "verify: after.prediction () argmax after.a2",
      ]
    `);
  });

  test('has as many values as each shape requires', () => {
    for (const layers of [
      [3, 2],
      [3, 2, 2],
      [3, 5, 4, 3, 2],
      [3, 1, 1],
    ]) {
      const { entries } = traceStep(createNetwork(layers, { seed: 2 }), x, 0, 0.1);
      for (const { name, shape, values } of entries) {
        expect([name, values.length]).toEqual([name, shape.reduce((product, size) => product * size, 1)]);
      }
      expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    }
  });

  test('equals forward, backward and sgdStep to the last bit, for a network with two hidden layers', () => {
    const deep = createNetwork([3, 4, 3, 2], { seed: 3 });
    const trace = traceStep(deep, x, 1, 0.25);
    const pass = forward(deep, x);
    const { gradients, layers, dz, da } = backward(deep, pass, [1]);
    for (const l of [1, 2, 3]) {
      expect(firstDifference(trace.values(`z${l}`), pass.z[l - 1]!)).toBe(-1);
      expect(firstDifference(trace.values(`a${l}`), pass.a[l - 1]!)).toBe(-1);
      expect(firstDifference(trace.values(`dz${l}`), dz[l - 1]!)).toBe(-1);
      expect(firstDifference(trace.values(`dW${l}`), layers[l - 1]!.W)).toBe(-1);
      expect(firstDifference(trace.values(`db${l}`), layers[l - 1]!.b)).toBe(-1);
    }
    expect(firstDifference(trace.values('da1'), da[0]!)).toBe(-1);
    expect(firstDifference(trace.values('da2'), da[1]!)).toBe(-1);

    const after = deep.parameters.slice();
    sgdStep(after, gradients, { learningRate: 0.25 });
    expect(firstDifference(trace.network.parameters, after)).toBe(-1);
    const views = layerViews(after, deep.layers);
    expect(firstDifference(trace.values('after.W2'), views[1]!.W)).toBe(-1);
    expect(firstDifference(trace.values('after.b3'), views[2]!.b)).toBe(-1);
    expect(trace.lossBefore).toBe(crossEntropyFromLogits(pass.z[2]!, [1]));
    expect(trace.lossAfter).toBe(crossEntropyFromLogits(forward(trace.network, x).z[2]!, [1]));
    expect([...trace.values('loss'), ...trace.values('after.loss')]).toEqual([
      trace.lossBefore,
      trace.lossAfter,
    ]);
  });

  test('contains no −0, which would be shown as −0', () => {
    const { entries } = traceStep(createNetwork([3, 8, 8, 4], { seed: 4 }), x, 2, 0.1);
    const negativeZeros = entries.filter(({ values }) => values.some((value) => Object.is(value, -0)));
    expect(negativeZeros.map(({ name }) => name)).toEqual([]);
  });

  test('does not change when the network and the sample change later', () => {
    const own = { layers: [3, 2, 2], parameters: network.parameters.slice() };
    const ownX = x.slice();
    const trace = traceStep(own, ownX, 1, 0.1);
    expect(own.parameters).toEqual(network.parameters);
    own.parameters.fill(7);
    ownX.fill(7);
    expect(trace.entries).toEqual(traceStep(network, x, 1, 0.1).entries);
  });

  test('shows e^z and its sum as ∞ for large logits, and a finite softmax', () => {
    const steep = { layers: [1, 2], parameters: Float64Array.of(1000, -1000, 0, 0) };
    const trace = traceStep(steep, Float64Array.of(1), 0, 0.1);
    expect([...trace.values('expZ1')]).toEqual([Infinity, 0]);
    expect([...trace.values('sumExpZ1')]).toEqual([Infinity]);
    expect([...trace.values('a1')]).toEqual([1, 0]);
  });

  test('lists the known names for an unknown name', () => {
    const { values } = traceStep(
      { layers: [1, 1], parameters: new Float64Array(2) },
      Float64Array.of(1),
      0,
      0.1,
    );
    expect(() => values('z9')).toThrow(
      new ShapeError(
        'traceStep: name must be one of W1, b1, x, z1, expZ1, sumExpZ1, a1, y, loss, dz1, dW1, db1, after.W1, ' +
          'after.b1, after.z1, after.expZ1, after.sumExpZ1, after.a1, after.loss, prediction, after.prediction, got z9',
      ),
    );
  });
});
