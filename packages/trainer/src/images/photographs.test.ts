import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { countDrawings, extractDrawing, normalizeDigit } from '@micronn/core/digit';
import { fixturePath, readMnist } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { readImage } from './read-image.ts';

// The generator, packages/fixtures/generator/photographs.py, takes digits of MNIST's test set; none is among these.
const known = readMnist('train', 0, 5000);

/** The label of the nearest training image, by the sum of squared differences. */
function nearest(image: Uint8Array): number {
  let [least, at] = [Infinity, 0];
  for (let i = 0; i < known.labels.length; i++) {
    let sum = 0;
    for (let k = 0; k < 784 && sum < least; k++) {
      const off = image[k]! - known.images[784 * i + k]!;
      sum += off * off;
    }
    if (sum < least) [least, at] = [sum, i];
  }
  return known.labels[at]!;
}

test('photographs of 24 digits: of 22 at least, the nearest training image has the label', async () => {
  const root = fixturePath('images/photographs');
  const wrong: string[] = [];
  let count = 0;
  for (const kind of await readdir(root)) {
    for (const name of await readdir(path.join(root, kind))) {
      const { width, height, rgba } = await readImage(path.join(root, kind, name));
      const drawing = extractDrawing(rgba, width, height);
      expect([kind, name, drawing.problem]).toEqual([kind, name, undefined]);
      expect([kind, name, countDrawings(drawing.ink, drawing.width, drawing.height)]).toEqual([
        kind,
        name,
        1,
      ]);
      const digit = normalizeDigit(drawing.ink, drawing.width, drawing.height)!;
      if (nearest(digit) !== Number(name.at(-5))) wrong.push(`${kind}/${name}`);
      count++;
    }
  }
  expect(count).toBe(24);
  expect(wrong.length, wrong.join(' ')).toBeLessThanOrEqual(2);
});
