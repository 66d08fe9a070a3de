import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const pairs = (css: string, pattern: RegExp) =>
  Array.from(css.matchAll(pattern), ([, name, light, dark]) => ({ name: name!, light: light!, dark: dark! }));

const quantities = pairs(read('quantities.css'), /--quantity-(\w+): light-dark\((#\w+), (#\w+)\);/g);
const [panel] = pairs(read('site.css'), /--(site-panel): light-dark\((#\w+), (#\w+)\);/g);
/** How much of its quantity's colour a lit cell has. */
const lit =
  Number(/\.lit \{\s*background: color-mix\(in srgb, var\(--quantity\) (\d+)%/.exec(read('demo.css'))![1]) /
  100;

type Colour = readonly [number, number, number];

function colourOf(hex: string): Colour {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour;
}

function mixed(over: Colour, under: Colour, share: number): Colour {
  return over.map((channel, k) => share * channel + (1 - share) * under[k]!) as unknown as Colour;
}

/** Contrast by WCAG 2. */
function contrast(a: Colour, b: Colour): number {
  const [darker, lighter] = [a, b]
    .map((colour) => {
      const [red, green, blue] = colour.map((channel) => {
        const c = channel / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    })
    .toSorted((x, y) => x - y);
  return (lighter! + 0.05) / (darker! + 0.05);
}

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  test.each(quantities)('$name has a contrast of 4.5 on a panel and in a lit cell', (quantity) => {
    const colour = colourOf(quantity[theme]);
    const ground = colourOf(panel![theme]);
    expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour, mixed(colour, ground, lit))).toBeGreaterThanOrEqual(4.5);
  });
});

test('there are eleven quantities', () => {
  expect(quantities.map(({ name }) => name).join(' ')).toBe('x W1 b1 z1 a1 W2 b2 z2 a2 y loss');
});
