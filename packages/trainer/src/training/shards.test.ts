import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenRange } from './shards.ts';

test('the ranges have no gap or overlap, and their lengths differ by at most one', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 300 }), (length, parts) => {
      const ranges = Array.from({ length: parts }, (_, part) => evenRange(length, parts, part));
      expect(ranges[0]!.from).toBe(0);
      expect(ranges.at(-1)!.to).toBe(length);
      for (let part = 1; part < parts; part++) expect(ranges[part]!.from).toBe(ranges[part - 1]!.to);
      const lengths = ranges.map(({ from, to }) => to - from);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }),
  );
});
