import { describe, expect, test } from 'vitest';
import { firstDifference } from '../test/distance.ts';
import { createNetwork, initializations } from './initialize.ts';
import { layerViews, parameterBytes } from './parameters.ts';

const LAYERS = [784, 10, 10];

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('createNetwork', () => {
  test.each(initializations)('%s: every parameter is a float32', (init) => {
    const { parameters } = createNetwork([30, 20, 10], { seed: 1, init });
    expect(parameters.every((value) => Object.is(Math.fround(value), value))).toBe(true);
  });

  test.each(initializations)('%s: the same seed gives the same bits, another seed gives others', (init) => {
    const { parameters } = createNetwork(LAYERS, { seed: 1, init });
    expect(firstDifference(createNetwork(LAYERS, { seed: 1, init }).parameters, parameters)).toBe(-1);
    expect(firstDifference(createNetwork(LAYERS, { seed: 2, init }).parameters, parameters)).toBe(0);
  });

  test('uniform, the default: weights and biases fill [−0.5, 0.5)', () => {
    const { layers, parameters } = createNetwork(LAYERS, { seed: 42 });
    expect(layers).toEqual(LAYERS);
    expect(parameters.length).toBe(7960);
    expect(Math.min(...parameters)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.min(...parameters)).toBeLessThan(-0.499);
    expect(Math.max(...parameters)).toBeLessThan(0.5);
    expect(Math.max(...parameters)).toBeGreaterThan(0.499);
    for (const { b } of layerViews(parameters, layers)) expect(b.every((value) => value !== 0)).toBe(true);
  });

  test.each([
    ['he', (inputs: number) => Math.sqrt(6 / inputs)],
    ['glorot', (inputs: number, outputs: number) => Math.sqrt(6 / (inputs + outputs))],
  ] as const)('%s: weights fill [−limit, limit), the limit a float32, and biases are 0', (init, limitOf) => {
    const { layers, parameters } = createNetwork([300, 100, 50], { seed: 42, init });
    for (const { inputs, outputs, W, b } of layerViews(parameters, layers)) {
      const limit = Math.fround(limitOf(inputs, outputs));
      expect(Math.min(...W)).toBeGreaterThanOrEqual(-limit);
      expect(Math.min(...W)).toBeLessThan(-0.999 * limit);
      expect(Math.max(...W)).toBeLessThan(limit);
      expect(Math.max(...W)).toBeGreaterThan(0.999 * limit);
      expect(b.every((value) => Object.is(value, 0))).toBe(true);
    }
  });

  // A second implementation, in Python, computed these numbers. They must never change, because a model's hash depends
  // on them.
  test.each([
    ['uniform', '1e2b483a01aa8f0c48366b33cb3d42bc5af0814d3ad48021b0179dc41494ea37'],
    ['he', '6e8b1d7ae09680c2ad73e4c1823496d291e91bd215e8baa8c696458fb4b55bd9'],
    ['glorot', 'fa51ebe298d7bd69d97ab12e2421ea9ae8544e137ce561ffad572269726c8147'],
  ] as const)('%s: 784-10-10 of seed 42 has the SHA-256 it always had', async (init, expected) => {
    const { parameters } = createNetwork(LAYERS, { seed: 42, init });
    expect(await sha256(parameterBytes(parameters))).toBe(expected);
  });
});
