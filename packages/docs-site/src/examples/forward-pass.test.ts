import { workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { a2, pass } from './forward-pass.ts';

test('both ways of the example end with the probabilities of the worked example within 1e-15', () => {
  for (const [k, value] of workedExample.a2.entries()) {
    expect(Math.abs(a2[k]! - value)).toBeLessThan(1e-15);
    expect(Math.abs(pass.probabilities[k]! - value)).toBeLessThan(1e-15);
  }
});
