import { expect, test } from 'vitest';
import { describeEvaluation } from './format.ts';

function evaluation(classes: readonly string[], confusionMatrix: number[][]): string[] {
  const text = describeEvaluation({
    model: '/elsewhere/run/last.safetensors',
    source: 'mnist',
    understood: 'MNIST · 784 pixels 0–255 · 10 classes',
    samples: 1000,
    accuracy: 0.9,
    loss: 0.5,
    classes,
    confusionMatrix,
    parametersSha256: '',
  });
  return text.split('\n');
}

/** Every class is predicted right, but for one pair. */
function matrix(C: number): number[][] {
  return Array.from({ length: C }, (_, k) =>
    Array.from({ length: C }, (__, other) => (k === other ? 900 : k === 1 && other === 2 ? 100 : 0)),
  );
}

test('a matrix of names is not wider than 80 columns: names are cut above it', () => {
  const garments = [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Boot',
  ];
  const lines = evaluation(garments, matrix(10)).slice(6);
  expect(lines.slice(0, 5)).toEqual([
    '  predicted →',
    '       true ↓  T-sh… Trou… Pull… Dress  Coat Sand… Shirt Snea…   Bag  Boot',
    '  T-shirt/top    900     0     0     0     0     0     0     0     0     0',
    '      Trouser      0   900   100     0     0     0     0     0     0     0',
    '     Pullover      0     0   900     0     0     0     0     0     0     0',
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('of more classes, the pairs that are confused are listed', () => {
  const classes = Array.from({ length: 47 }, (_, k) => `class ${k}`);
  expect(evaluation(classes, matrix(47)).slice(6)).toEqual([
    '     true → predicted  most often',
    '  class 1 → class 2    100 of 1,000',
  ]);
});
