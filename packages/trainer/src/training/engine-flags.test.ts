import { describe, expect, test } from 'vitest';
import { engineFlags } from './engine-flags.ts';

describe('engineFlags', () => {
  test.each(['13.6.233.17-node.63', '14.6.202.34-node.40'])(
    'V8 %s, on which the golden runs were tried: vectors are joined, and kernels optimised early',
    (version) => {
      expect(engineFlags(version)).toEqual([
        '--experimental-wasm-revectorize',
        '--wasm-tiering-budget=100000',
      ]);
    },
  );

  test.each([
    '12.4.254.21-node.57',
    '14.1.146.11-node.25',
    '13.60.1',
    '99.0.1',
    '1.13.6',
    'constructor.name',
    '',
    '__proto__',
  ])('V8 %s, on which the golden runs were not tried: no flag', (version) => {
    expect(engineFlags(version)).toEqual([]);
  });
});
