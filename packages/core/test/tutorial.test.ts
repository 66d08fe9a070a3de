import { quantityOf, tutorial, type WorkedExample, workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import {
  argmax,
  createNetwork,
  crossEntropy,
  layerViews,
  type Network,
  oneHot,
  parameterCount,
  relu,
  reluDerivative,
  softmax,
  type Trace,
  tensorPlaces,
  traceStep,
} from '../src/index.ts';
import { largestDistance } from './distance.ts';

// Core's trace of the tutorial's 3-2-2 network, under the names of the worked example of @micronn/fixtures. Only the
// inputs come from there: network, sample, label and learning rate.
const { before, learningRate } = workedExample;
const x = Float64Array.from(workedExample.x);
const network: Network = {
  layers: workedExample.layers,
  parameters: Float64Array.from([...before.W1, ...before.b1, ...before.W2, ...before.b2]),
};
const trace = traceStep(network, x, workedExample.label, learningRate);
const computed = {
  ...workedExampleOf(trace),
  layers: workedExample.layers,
  label: workedExample.label,
  learningRate,
};

function workedExampleOf({
  values,
}: Trace): Omit<WorkedExample, 'provenance' | 'shapes' | 'layers' | 'learningRate' | 'label'> {
  const numbers = (name: string): number[] => [...values(name)];
  const parameters = (prefix: string) => ({
    W1: numbers(`${prefix}W1`),
    b1: numbers(`${prefix}b1`),
    W2: numbers(`${prefix}W2`),
    b2: numbers(`${prefix}b2`),
  });
  const pass = (prefix: string) => ({
    z1: numbers(`${prefix}z1`),
    a1: numbers(`${prefix}a1`),
    z2: numbers(`${prefix}z2`),
    expZ2: numbers(`${prefix}expZ2`),
    sumExpZ2: values(`${prefix}sumExpZ2`)[0]!,
    a2: numbers(`${prefix}a2`),
    loss: values(`${prefix}loss`)[0]!,
    lossIfLabel0: crossEntropy(values(`${prefix}a2`), [0]),
  });
  const step = (gradients: readonly number[]) => gradients.map((gradient) => -learningRate * gradient);
  const { W1, b1, W2, b2 } = parameters('');
  const W2Transposed = [W2[0]!, W2[2]!, W2[1]!, W2[3]!];
  const [a1, a2, dz2] = [numbers('a1'), numbers('a2'), numbers('dz2')];
  return {
    x: numbers('x'),
    y: numbers('y'),
    yIfLabel0: [...oneHot([0], 2)],
    before: { W1, b1, W2, b2 },
    ...pass(''),
    dz2,
    dW2: numbers('dW2'),
    db2: numbers('db2'),
    W2Transposed,
    W2TransposedDz2: numbers('da1'),
    reluDerivativeZ1: numbers('reluDerivativeZ1'),
    dz1: numbers('dz1'),
    dW1: numbers('dW1'),
    db1: numbers('db1'),
    update: {
      W1: step(numbers('dW1')),
      b1: step(numbers('db1')),
      W2: step(numbers('dW2')),
      b2: step(numbers('db2')),
    },
    after: parameters('after.'),
    afterPass: pass('after.'),
    prediction: { before: values('prediction')[0]!, after: values('after.prediction')[0]! },
    terms: {
      z1: terms(W1, numbers('x'), b1),
      z2: terms(W2, a1, b2),
      W2TransposedDz2: terms(W2Transposed, dz2),
      logA2: a2.map(Math.log),
      a2Percent: a2.map((probability) => 100 * probability),
    },
  };
}

/** The products of each row, which the tutorial shows before their sum, then the bias. */
function terms(W: readonly number[], input: readonly number[], bias?: readonly number[]): number[] {
  const rows = W.length / input.length;
  return Array.from({ length: rows }, (_, row) => [
    ...input.map((value, column) => W[row * input.length + column]! * value),
    ...(bias ? [bias[row]!] : []),
  ]).flat();
}

/** Every number of an object, as [path, value]. */
function numbersOf(value: unknown, path: string): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, part]) =>
    numbersOf(part, path ? `${path}.${key}` : key),
  );
}

describe('the worked example at full precision', () => {
  const { provenance: _, shapes: __, ...golden } = workedExample;
  test.each(numbersOf(golden, ''))('%s is %d within 1e-12', (path, exact) => {
    const found = new Map(numbersOf(computed, '')).get(path)!;
    expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-12);
  });

  test('the worked example has every number that core computes', () => {
    const paths = (value: unknown): string[] =>
      numbersOf(value, '')
        .map(([path]) => path)
        .toSorted();
    expect(paths(computed)).toEqual(paths(golden));
  });
});

describe('every figure of the tutorial', () => {
  test.each(tutorial.figures)('$id is $shown to the digits shown', ({ quantity, shown, decimals }) => {
    expect(quantityOf(quantity, computed).toFixed(decimals)).toBe(shown);
  });

  test.each(tutorial.slips)('$id is $exact within 1e-12, where the tutorial says $shown', (slip) => {
    const value = quantityOf(slip.quantity, computed);
    expect(Math.abs(value - slip.exact)).toBeLessThanOrEqual(1e-12);
    expect(value.toFixed(slip.decimals)).not.toBe(slip.shown);
  });
});

describe('the tutorial’s other examples', () => {
  const { examples } = tutorial;

  test.each(examples.relu)('step 3: ReLU($z) = $value', ({ z, value }) => {
    expect(relu(Float64Array.of(z))[0]).toBe(value);
  });

  test.each(examples.reluDerivative)('step 3: ReLU′($z) = $value', ({ z, value }) => {
    expect(reluDerivative(Float64Array.of(z))[0]).toBe(value);
  });

  test('step 3: softmax of the two logits within 1e-12', () => {
    const { logits, probabilities } = examples.softmax;
    expect(largestDistance(softmax(Float64Array.from(logits)), probabilities)).toBeLessThanOrEqual(1e-12);
  });

  test.each(examples.oneHot)(
    'step 4: one-hot of $label for $classes classes',
    ({ label, classes, vector }) => {
      expect([...oneHot([label], classes)]).toEqual(vector);
    },
  );

  test.each(examples.losses)(
    'step 5: the loss for true label $label is $loss within 1e-12',
    ({ label, loss }) => {
      expect(Math.abs(crossEntropy(trace.values('a2'), [label]) - loss)).toBeLessThanOrEqual(1e-12);
    },
  );

  test('step 6: the loss falls from 0.70118 to 0.63372 in one step', () => {
    expect([trace.lossBefore.toFixed(5), trace.lossAfter.toFixed(5)]).toEqual(['0.70118', '0.63372']);
  });

  test('step 8: argmax of the ten probabilities', () => {
    const { probabilities, prediction } = examples.argmax;
    expect([...argmax(Float64Array.from(probabilities))]).toEqual([prediction]);
  });

  test('step 1: the network for digits has the tutorial’s shapes, counts and range', () => {
    const { layers, shapes, counts, initialRange } = examples.network;
    expect(parameterCount(layers)).toBe(counts.parameters);
    for (const { name, shape, length } of tensorPlaces(layers)) {
      const key = name as keyof typeof shapes;
      // The tutorial writes a bias as a column.
      expect(shape.length === 1 ? [...shape, 1] : shape).toEqual(shapes[key]);
      expect(length).toBe(counts[key]);
    }
    const [from, to] = initialRange as [number, number];
    const { parameters } = createNetwork(layers, { seed: 42 });
    for (const { W, b } of layerViews(parameters, layers)) {
      expect([...W, ...b].every((value) => value >= from && value < to)).toBe(true);
    }
  });
});
