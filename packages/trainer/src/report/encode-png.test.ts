import fc from 'fast-check';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { encodePng } from './encode-png.ts';

test('pngjs, which verifies the checksums, reads every pixel back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(),
      (width, height, seed) => {
        const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i * i * 7 + seed) % 256);
        const png = PNG.sync.read(encodePng(rgba, width), { checkCRC: true });
        expect([png.width, png.height]).toEqual([width, height]);
        expect(Buffer.compare(png.data, rgba)).toBe(0);
      },
    ),
  );
});
