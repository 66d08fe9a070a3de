import { quantityOf, tutorial, workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { describeStop } from './describe-stop.ts';
import { compareWithTutorial, inFull, shownFigures } from './tutorial-figures.ts';
import { addressOfStop, parts, runWorkedExample, stopOfAddress } from './worked-run.ts';

const { layers, x, label, learningRate, before } = workedExample;
const run = runWorkedExample({
  layers,
  parameters: [...before.W1, ...before.b1, ...before.W2, ...before.b2],
  x,
  label,
  learningRate,
});
const figures = shownFigures(tutorial.figures, tutorial.slips);
const stop = (key: string) => run.stops.findIndex((one) => one.key === key);

describe('the worked example on one timeline', () => {
  test('has the six steps in order', () => {
    expect(run.stops.map(({ key, part }) => `${part} ${key}`)).toEqual([
      '0 given',
      '1 z1',
      '1 a1',
      '2 z2',
      '2 expZ2',
      '2 sumExpZ2',
      '2 a2',
      '3 y',
      '3 loss',
      '4 dz2',
      '4 dW2',
      '4 db2',
      '4 da1',
      '4 reluDerivativeZ1',
      '4 dz1',
      '4 dW1',
      '4 db1',
      '5 after.W1',
      '5 after.b1',
      '5 after.W2',
      '5 after.b2',
      '6 after.z1',
      '6 after.a1',
      '6 after.z2',
      '6 after.expZ2',
      '6 after.sumExpZ2',
      '6 after.a2',
      '6 after.loss',
      '6 prediction',
      '6 after.prediction',
    ]);
    expect(parts).toHaveLength(7);
  });

  test('has an explanation for every stop', () => {
    for (const [at, { key }] of run.stops.entries()) {
      expect(describeStop(run, at, figures)).not.toMatch(new RegExp(`^${key.replace('.', '\\.')}\\.`));
    }
  });
});

describe('the numbers of the stops', () => {
  test('are those of the fixtures within 1e-15', () => {
    const golden = (place: string) =>
      quantityOf(
        place
          .replace(/^(W|b)/, 'before.$1')
          .replace(/^after\.([za]|expZ|sumExpZ|loss)/, 'afterPass.$1')
          .replace(/^da1/, 'W2TransposedDz2')
          .replace(/^after\.prediction$/, 'prediction.after')
          .replace(/^prediction$/, 'prediction.before')
          .replace(/^after\.([Wb])/, 'after.$1'),
      );
    const numbers = run.stops.flatMap((one) => compareWithTutorial(one, figures));
    expect(numbers).toHaveLength(17 + 11 + 3 + 22 + 14 + 14);
    for (const { place, value } of numbers)
      expect(Math.abs(value - golden(place)), place).toBeLessThan(1e-15);
  });

  test('the tutorial’s figure is the rounded exact value, unless it is a slip', () => {
    const compared = run.stops
      .flatMap((one) => compareWithTutorial(one, figures))
      .filter(({ shown }) => shown !== undefined);
    expect(compared.length).toBeGreaterThan(70);
    for (const { place, value, shown } of compared) {
      const rounded = value
        .toFixed(shown!.decimals)
        .replace('-', '−')
        .replace(/^−(0\.?0*)$/, '$1');
      if (shown!.slip === undefined) expect(rounded, place).toBe(shown!.text);
      else expect(rounded, place).not.toBe(shown!.text);
    }
    expect(compared.filter(({ shown }) => shown!.slip !== undefined).map(({ place }) => place)).toEqual([
      'sumExpZ2',
      'after.z1[1]',
      'after.a1[1]',
      'after.z2[0]',
      'after.z2[1]',
      'after.expZ2[1]',
      'after.sumExpZ2',
    ]);
  });

  test('names the slips of the tutorial', () => {
    expect(describeStop(run, stop('after.z1'), figures)).toBe(
      'The same sample again: hidden neuron 1 has a larger sum. after.z1 = −0.02000, 0.19836. The tutorial has a slip here: it says 0.1979, the exact value is 0.19836.',
    );
    expect(describeStop(run, stop('dz2'), figures)).toBe(
      'At the output the gradient is the probability minus the label. dz2 = 0.50400, −0.50400.',
    );
  });
});

describe('the address', () => {
  test('names a stop, and the stop names the address', () => {
    for (const at of run.stops.keys()) expect(stopOfAddress(run, addressOfStop(run, at))).toBe(at);
    expect(addressOfStop(run, stop('after.W1'))).toBe('?step=after.W1');
  });

  test('keeps its other parameters, and has no parameter for the first stop', () => {
    expect(addressOfStop(run, 3, '?from=mail&step=a1')).toBe('?from=mail&step=z2');
    expect(addressOfStop(run, 0, '?step=a1')).toBe('');
  });

  test.each(['', '?step=', '?step=nonsense', '?step=toString'])('%j names the first stop', (search) => {
    expect(stopOfAddress(run, search)).toBe(0);
  });
});

test('a number in full has all its digits and a true minus sign', () => {
  expect(inFull(-0.019999999999999976)).toBe('−0.019999999999999976');
  expect(inFull(-0)).toBe('0');
  expect(inFull(-1e-7)).toBe('−1e-7');
});
