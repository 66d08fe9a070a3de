import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { biasFor, describeRelu, type ReluSetup, reach, reluCurves, reluState } from './relu-state.ts';

const { before, x, label, learningRate } = workedExample;
const setup: ReluSetup = { ...before, x, label, learningRate };
const start = reluState(setup, before.b1[0]!);

describe('hidden neuron 0', () => {
  test('is inactive at the start, with the numbers of the worked example within 1e-15', () => {
    for (const [j, neuron] of start.neurons.entries()) {
      expect(Math.abs(neuron.z - workedExample.z1[j]!)).toBeLessThan(1e-15);
      expect(neuron.a).toBe(workedExample.a1[j]);
      expect(neuron.derivative).toBe(workedExample.reluDerivativeZ1[j]);
      expect(Math.abs(neuron.arriving - workedExample.W2TransposedDz2[j]!)).toBeLessThan(1e-15);
      expect(Math.abs(neuron.dz - workedExample.dz1[j]!)).toBeLessThan(1e-15);
    }
    for (const [k, value] of workedExample.dW1.entries()) {
      expect(Math.abs(start.dW1[k]! - value)).toBeLessThan(1e-15);
    }
    expect(start.zAfter).toBe(workedExample.afterPass.z1[0]);
  });

  test('is active with a larger bias: the whole gradient passes, and the step changes z1[0]', () => {
    const { neurons, dW1, zAfter } = reluState(setup, 0.2);
    const { z, a, derivative, arriving, dz } = neurons[0]!;
    expect(z).toBeCloseTo(0.08, 15);
    expect(a).toBe(z);
    expect(derivative).toBe(1);
    expect(dz).toBeCloseTo(arriving, 15);
    expect(dW1.slice(0, 3).every((value) => value !== 0)).toBe(true);
    expect(zAfter).toBeLessThan(z);
  });

  test('is inactive at the kink', () => {
    const { z, derivative, dz } = reluState(setup, biasFor(setup, 0)).neurons[0]!;
    expect(z).toBe(0);
    expect([derivative, Math.abs(dz)]).toEqual([0, 0]);
  });

  test('gets the bias for a wanted z, and the initial bias again', () => {
    expect(biasFor(setup, -0.02)).toBe(0.1);
    for (const z of [-reach, -0.3, 0.55, reach]) {
      expect(reluState(setup, biasFor(setup, z)).neurons[0]!.z).toBeCloseTo(z, 12);
    }
  });
});

test('ReLU has its kink at 0, and its derivative jumps there', () => {
  const { relu, derivative } = reluCurves();
  expect(relu).toEqual([
    [-1, 0],
    [0, 0],
    [1, 1],
  ]);
  expect(derivative.flat().map(([, slope]) => slope)).toEqual([0, 0, 1, 1]);
});

test('the sentence has the gradient', () => {
  expect(describeRelu(start)).toBe(
    'Neuron 0 is inactive: ReLU turns z1[0] = −0.02000 into 0, and the derivative is 0. The gradient 0.20160 from the output is multiplied by 0, so a step leaves z1[0] at −0.02000.',
  );
  expect(describeRelu(reluState(setup, 0.2))).toMatch(
    /^Neuron 0 is active: z1\[0\] = 0\.08000, a1\[0\] = 0\.08000, the derivative is 1, and the gradient 0\.2\d+ reaches its weights\. After one step z1\[0\] would be 0\.0\d+\.$/,
  );
});
