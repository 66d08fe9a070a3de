import { createNetwork } from '@micronn/core';
import { expect, test } from 'vitest';
import { countHidden, hiddenOf, networkName, oneIn } from './model-facts.ts';

test('the error rate is a fraction of the digits', () => {
  expect(oneIn(0.9248)).toBe('one digit in 13');
  expect(oneIn(0.975)).toBe('one digit in 40');
});

test('names a network by its hidden layers', () => {
  expect(networkName('ten', 10)).toBe('The network of 10 hidden neurons');
  expect(['1', '32-16', 'no'].map(countHidden)).toEqual([
    '1 hidden neuron',
    '32-16 hidden neurons',
    'no hidden neurons',
  ]);
  expect(networkName('yours', 3)).toBe('Your network');
  expect(hiddenOf(createNetwork([784, 32, 16, 10], { seed: 1 }))).toBe('32-16');
  expect(hiddenOf(createNetwork([784, 10], { seed: 1 }))).toBe('no');
});
