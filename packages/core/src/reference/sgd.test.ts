import { describe, expect, test } from 'vitest';
import { sgdStep } from './sgd.ts';

describe('sgdStep', () => {
  test('is W − α·dW in place, exact if α·dW is exact', () => {
    const parameters = Float64Array.of(1, -2, 0);
    sgdStep(parameters, Float64Array.of(4, -8, 0), { learningRate: 0.25 });
    expect([...parameters]).toEqual([0, 0, 0]);
  });

  test('with momentum, is v ← μ·v + dW and W ← W − α·v, and keeps v for the next step', () => {
    const parameters = Float64Array.of(10);
    const velocity = Float64Array.of(0);
    const options = { learningRate: 0.5, momentum: 0.5, velocity };
    sgdStep(parameters, Float64Array.of(4), options);
    expect([parameters[0], velocity[0]]).toEqual([8, 4]);
    sgdStep(parameters, Float64Array.of(2), options);
    expect([parameters[0], velocity[0]]).toEqual([6, 4]);
    sgdStep(parameters, Float64Array.of(0), options);
    expect([parameters[0], velocity[0]]).toEqual([5, 2]);
  });

  test('without momentum, does not change velocity and gradients', () => {
    const velocity = Float64Array.of(3);
    const gradients = Float64Array.of(1);
    sgdStep(Float64Array.of(1), gradients, { learningRate: 1, momentum: 0, velocity });
    expect([velocity[0], gradients[0]]).toEqual([3, 1]);
  });

  test('propagates NaN and ∞ to the parameters', () => {
    const parameters = Float64Array.of(1, 1);
    sgdStep(parameters, Float64Array.of(Number.NaN, Infinity), { learningRate: 0.1 });
    expect([...parameters]).toEqual([Number.NaN, -Infinity]);
  });
});
