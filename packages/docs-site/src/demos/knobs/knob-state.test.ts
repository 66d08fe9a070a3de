import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import {
  describeKnobs,
  guessOf,
  type KnobsSetup,
  knobsOf,
  learn,
  startKnobs,
  turnKnob,
} from './knob-state.ts';

const { layers, before, after, afterPass, x, label, learningRate } = workedExample;
const setup: KnobsSetup = {
  layers,
  parameters: [...before.W1, ...before.b1, ...before.W2, ...before.b2],
  x,
  label,
  learningRate,
};
const start = startKnobs(setup);

test('each of the 14 parameters is a knob, named as in the tutorial', () => {
  const names = knobsOf(layers).map(({ name }) => name);
  expect(names.slice(0, 6).join(' ')).toBe('W1[0][0] W1[0][1] W1[0][2] W1[1][0] W1[1][1] W1[1][2]');
  expect(names.slice(6).join(' ')).toBe('b1[0] b1[1] W2[0][0] W2[0][1] W2[1][0] W2[1][1] b2[0] b2[1]');
});

test('starts with the prediction of the worked example, and one step leads to its next within 1e-15', () => {
  const first = guessOf(setup, start);
  expect(first.loss).toBeCloseTo(workedExample.loss, 15);
  const learned = learn(setup, start);
  const parameters = [...after.W1, ...after.b1, ...after.W2, ...after.b2];
  for (const [k, value] of parameters.entries()) {
    expect(Math.abs(learned.parameters[k]! - value)).toBeLessThan(1e-15);
  }
  const next = guessOf(setup, learned);
  expect(next.loss).toBeCloseTo(afterPass.loss, 15);
  for (const [k, value] of afterPass.a2.entries()) expect(next.probabilities[k]).toBeCloseTo(value, 15);
});

test('a knob changes the prediction, and no other knob', () => {
  const turned = turnKnob(start, 13, 1);
  expect(turned.parameters.filter((value, k) => value !== start.parameters[k])).toEqual([1]);
  expect(guessOf(setup, turned).probabilities[1]).toBeGreaterThan(0.7);
  expect(start.parameters[13]).toBe(-0.05);
});

test('the sentence says what changed the knobs, and has the probability of the true class', () => {
  expect(describeKnobs(setup, start)).toBe(
    'With the initial values of the 14 knobs, class 1, the true class, gets 49.6 %; the loss is 0.70118.',
  );
  const learned = learn(setup, start);
  expect(describeKnobs(setup, learned)).toBe(
    'After 1 step of learning, class 1, the true class, gets 53.1 %; the loss is 0.63372.',
  );
  expect(describeKnobs(setup, turnKnob(learned, 0, 0))).toMatch(/^After 1 step of learning and your changes/);
  expect(describeKnobs(setup, turnKnob(start, 0, 0))).toMatch(/^With your changes, class 1/);
});
