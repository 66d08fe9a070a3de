import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  describeInactiveNeurons,
  describeWorkedStep,
  inactiveNeurons,
  learningRates,
  lossPath,
  outcomeOf,
  startWorkedStep,
  takeStep,
  type WorkedStepSetup,
  workedStepTable,
} from './worked-step.ts';

const { layers, x, label, learningRate, before, after, afterPass } = workedExample;
const setup: WorkedStepSetup = {
  layers,
  parameters: [...before.W1, ...before.b1, ...before.W2, ...before.b2],
  x,
  label,
  learningRate,
};

/** Up to the last bits of a double: NumPy and core can add in a different order. */
function expectClose(actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual![k]! - value)).toBeLessThan(1e-14);
}

describe('before any step', () => {
  const start = startWorkedStep(setup);

  test('loss and probabilities are those of the first forward pass, within 1e-14', () => {
    const { loss, probabilities, prediction, isCorrect } = outcomeOf(start);
    expectClose([loss], [workedExample.loss]);
    expectClose(probabilities, workedExample.a2);
    expect({ prediction, isCorrect }).toEqual({ prediction: 0, isCorrect: false });
    expect(start.losses).toEqual([loss]);
  });

  test('the table shows the forward pass, and no gradients and no results yet', () => {
    const table = workedStepTable(start);
    expect(table.map(({ quantity }) => quantity).join(' ')).toBe('x W1 b1 z1 a1 W2 b2 z2 a2 y loss');
    for (const row of table) {
      expect(row.before.values).toBeDefined();
      expect(row.gradient?.values).toBeUndefined();
      expect(row.after?.values).toBeUndefined();
    }
  });

  test('the sentence has the prediction', () => {
    expect(describeWorkedStep(start)).toBe(
      'Before any step the loss is 0.70118. The network gives 49.6 % for class 1, so it predicts 0, which is wrong.',
    );
  });
});

describe('after one step', () => {
  const first = takeStep(startWorkedStep(setup), learningRate);

  test('every cell of the table is the number of the fixtures, within 1e-14', () => {
    const { z1, a1, z2, a2, dz1, dW1, db1, dz2, dW2, db2, y, W2TransposedDz2 } = workedExample;
    const golden: Record<string, readonly number[]> = {
      ...before,
      x,
      z1,
      a1,
      z2,
      a2,
      y,
      loss: [workedExample.loss],
      dz1,
      dW1,
      db1,
      dz2,
      dW2,
      db2,
      da1: W2TransposedDz2,
      ...Object.fromEntries(Object.entries(after).map(([name, values]) => [`after.${name}`, values])),
      'after.z1': afterPass.z1,
      'after.a1': afterPass.a1,
      'after.z2': afterPass.z2,
      'after.a2': afterPass.a2,
      'after.loss': [afterPass.loss],
    };
    const cells = workedStepTable(first).flatMap((row) =>
      [row.before, row.gradient, row.after].filter((cell) => cell !== undefined),
    );
    expect(cells.map(({ name }) => name).toSorted()).toEqual(Object.keys(golden).toSorted());
    for (const { name, values, rows, columns } of cells) {
      expectClose(values, golden[name]!);
      expect(rows * columns).toBe(golden[name]!.length);
    }
  });

  test('matrices keep their shape, and a vector is a column', () => {
    const table = new Map(workedStepTable(first).map((row) => [row.quantity, row]));
    expect(table.get('W1')!.gradient).toMatchObject({ rows: 2, columns: 3 });
    expect(table.get('x')!.before).toMatchObject({ rows: 3, columns: 1 });
    expect(table.get('loss')!.after).toMatchObject({ rows: 1, columns: 1 });
  });

  test('each cell has its formula, except in the verifying pass', () => {
    const table = new Map(workedStepTable(first).map((row) => [row.quantity, row]));
    expect(table.get('z1')!.before.formula).toBe('W1·x + b1');
    expect(table.get('W2')!.gradient!.formula).toBe('dz2·a1ᵀ');
    expect(table.get('W2')!.after!.formula).toBe('W2 − 0.1·dW2');
    expect(table.get('z1')!.after!.formula).toBe('');
  });

  test('the sentence has the loss and the prediction, which is now correct', () => {
    expect(describeWorkedStep(first)).toBe(
      'Step 1: the loss fell from 0.70118 to 0.63372. The network now gives 53.1 % for class 1, so it predicts 1, which is correct.',
    );
  });
});

test('a second step continues from the first: its values before are the first step’s values after', () => {
  const first = takeStep(startWorkedStep(setup), learningRate);
  const second = takeStep(first, learningRate);
  expect(second.count).toBe(2);
  expect(second.losses).toEqual([first.trace.lossBefore, first.trace.lossAfter, second.trace.lossAfter]);
  expect(second.trace.values('W1')).toEqual(first.trace.values('after.W1'));
  expect(second.trace.lossAfter).toBeLessThan(first.trace.lossAfter);
});

test('steps do not change earlier states', () => {
  const start = startWorkedStep(setup);
  const loss = outcomeOf(start).loss;
  takeStep(takeStep(start, 3), 3);
  expect(outcomeOf(start).loss).toBe(loss);
  expect(start.count).toBe(0);
});

test('a learning rate ten times as large changes the parameters ten times as much', () => {
  const start = startWorkedStep(setup);
  const moved = (rate: number): number => takeStep(start, rate).trace.values('after.b2')[0]! - before.b2[0]!;
  expect(moved(1) / moved(0.1)).toBeCloseTo(10, 10);
});

test('the slider offers the tutorial’s learning rate', () => {
  expect(learningRates).toContain(learningRate);
});

test.each(learningRates)('with learning rate %f a thousand steps stay finite', (rate) => {
  let state = startWorkedStep(setup);
  for (let k = 0; k < 1000; k++) state = takeStep(state, rate);
  expect(state.losses).toHaveLength(1001);
  expect(state.losses.every(Number.isFinite)).toBe(true);
});

test('the sentence says that the loss rises, or that it does not change within the shown digits', () => {
  const first = takeStep(startWorkedStep(setup), learningRate);
  const withLosses = (lossBefore: number, lossAfter: number): string =>
    describeWorkedStep({ ...first, trace: { ...first.trace, lossBefore, lossAfter } });
  expect(withLosses(0.1, 0.2)).toContain('the loss rose from 0.10000 to 0.20000.');
  expect(withLosses(0.000001, 0.0000009)).toContain('the loss stays at 0.00000.');
});

test('names hidden neuron 0, which is inactive throughout the example, and no active neuron', () => {
  const first = takeStep(startWorkedStep(setup), learningRate);
  expect(inactiveNeurons(first).map(({ neuron }) => neuron)).toEqual([0]);
  expect(describeInactiveNeurons(first)).toBe(
    'Hidden neuron 0 is inactive: its z1 is −0.02000, ReLU makes it 0, no gradient passes through it, and row 0 of W1 and b1 does not change.',
  );
  const active = { ...setup, parameters: setup.parameters.with(6, 1) };
  expect(describeInactiveNeurons(startWorkedStep(active))).toBe('');
});

test('parameters that do not fit the layers are an error', () => {
  expect(() => startWorkedStep({ ...setup, parameters: [1, 2, 3] })).toThrow(
    'worked step: layers 3-2-2 have 14 parameters, got 3',
  );
  expect(() => startWorkedStep({ ...setup, layers: [3, 2] })).toThrow(
    'worked step: the table shows one hidden layer, got layers 3-2',
  );
});

test('the path of the loss fills its box, from 0 at the bottom to the highest loss at the top', () => {
  expect(lossPath([2, 1, 0], 100, 40)).toBe('0,0 50,20 100,40');
  expect(lossPath([0.7], 100, 40)).toBe('0,0');
});
