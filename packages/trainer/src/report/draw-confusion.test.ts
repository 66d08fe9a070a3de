import { expect, test } from 'vitest';
import { classScores } from './class-scores.ts';
import { drawClassScores, drawConfusion, drawHeatMap } from './draw-confusion.ts';

const C = 10;
const NAMES = Array.from({ length: C }, (_, k) => String(k));

/** Every pair of label and prediction has another count; those on the diagonal are larger. */
const counts = Uint32Array.from({ length: C * C }, (_, k) => (k % 11 === 0 ? 900 + k : k));

interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

function textsOf(svg: string): Text[] {
  return [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)"[^>]*>([^<]*)</g)].map(([, x, y, text]) => ({
    x: Number(x),
    y: Number(y),
    text: text!,
  }));
}

test('each count is in the row of its label and the column of its prediction, in its square', () => {
  const svg = drawConfusion('a label', counts, NAMES).markup;
  const texts = textsOf(svg);
  const digit =
    (k: number): ((text: Text) => boolean) =>
    ({ text }) =>
      text === String(k);
  for (const [k, images] of counts.entries()) {
    if (images <= 9) continue;
    const { x, y } = texts.find(({ text }) => text === String(images))!;
    expect(texts.filter(digit(k % C)).some((text) => text.x === x && text.y < 40)).toBe(true);
    expect(texts.filter(digit(Math.floor(k / C))).some((text) => text.y === y && text.x < 40)).toBe(true);
  }
  const squares = [...svg.matchAll(/<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g)];
  expect(squares).toHaveLength(C * C);
  for (const { x, y } of texts.filter(({ text }) => Number(text) > 9)) {
    const around = squares.filter(
      ([, left, top, width, height]) =>
        Math.abs(x - Number(left) - Number(width) / 2) < 0.2 &&
        Math.abs(y - Number(top) - Number(height) / 2) < 0.2,
    );
    expect(around).toHaveLength(1);
  }
});

test('the more images, the darker the square; a pair without images has no number', () => {
  const svg = drawConfusion('a label', Uint32Array.from([5, 0, 7, 2, 9, 1, 0, 3, 4]), ['0', '1', '2']).markup;
  const [hits, mistakes] = svg.split('var(--wrong)');
  const opacities = (group: string): number[] =>
    [...group.matchAll(/fill-opacity="([^"]+)"/g)].map(([, opacity]) => Number(opacity));
  const byImages = (images: readonly number[], shades: readonly number[]): number[] =>
    images
      .map((count, i) => ({ count, shade: shades[i]! }))
      .toSorted((a, b) => a.count - b.count)
      .map(({ shade }) => shade);
  for (const shades of [
    byImages([5, 9, 4], opacities(hits!)),
    byImages([0, 7, 2, 1, 0, 3], opacities(mistakes!)),
  ]) {
    expect(shades).toEqual(shades.toSorted((a, b) => a - b));
    expect(shades.at(-1)).toBeGreaterThan(shades[0]!);
    expect(shades.at(-1)).toBeLessThan(0.6);
  }
  expect(textsOf(svg).filter(({ text }) => text === '0')).toHaveLength(2);
});

test('precision and recall lie where the axis says; an undefined ratio has no mark', () => {
  // Everything is predicted as 7: no other digit has a precision.
  const scores = classScores(
    Uint32Array.from({ length: C * C }, (_, k) => (k % C === 7 ? 100 : 0)),
    NAMES,
  );
  const svg = drawClassScores('a label', scores).markup;
  const ticks = textsOf(svg).filter(({ text }) => text.endsWith('%'));
  const [from, to] = [ticks[0]!, ticks.at(-1)!];
  const position = (share: number): number => {
    const [a, b] = [from, to].map(({ text }) => Number.parseFloat(text) / 100);
    return from.x + ((share - a!) / (b! - a!)) * (to.x - from.x);
  };
  const precisions = [...svg.matchAll(/<circle cx="([^"]+)"/g)].map(([, x]) => Number(x));
  const recalls = [...svg.matchAll(/<path fill="var\(--test\)" d="M([^ ]+) /g)].map(([, x]) => Number(x));
  expect(precisions).toHaveLength(1);
  expect(precisions[0]).toBeCloseTo(position(0.1), 0);
  expect(recalls).toHaveLength(C);
  for (const [digit, x] of recalls.entries()) expect(x).toBeCloseTo(position(digit === 7 ? 1 : 0), 0);
});

test('a heat map: a square for each pair with images, with its names and its number', () => {
  const names = Array.from({ length: 47 }, (_, k) => (k === 3 ? '<b>a long name</b>' : `class ${k}`));
  const many = new Uint32Array(47 * 47);
  many[47 * 3 + 3] = 20;
  many[47 * 3 + 46] = 5;
  const svg = drawHeatMap('a label', many, names).markup;
  expect([...svg.matchAll(/<title>(true [^<]*)<\/title>/g)].map(([, title]) => title)).toEqual([
    'true &lt;b&gt;a long name&lt;/b&gt;, predicted &lt;b&gt;a long name&lt;/b&gt;: 20',
    'true &lt;b&gt;a long name&lt;/b&gt;, predicted class 46: 5',
  ]);
  // Both names of a long one are cut, and whole in a title.
  expect(svg.match(/&lt;b&gt;a long n…<title>&lt;b&gt;a long name&lt;\/b&gt;<\/title>/g)).toHaveLength(2);
  const squares = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)"[^>]*><title>/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  expect(squares[1]![0]! - squares[0]![0]!).toBe(43 * 15);
  expect(squares[1]![1]).toBe(squares[0]![1]);
});

test('names that are wider than their columns stand upright', () => {
  const names = ['T-shirt/top', 'Trouser', 'Ankle boot', 'Bag'];
  const svg = drawConfusion(
    'a label',
    Uint32Array.from({ length: 16 }, (_, k) => k),
    names,
  ).markup;
  expect(svg).not.toContain('rotate(-90)" dy');
  const ten = [...names, 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker'];
  const upright = drawConfusion('a label', new Uint32Array(100), ten).markup;
  expect(upright.match(/rotate\(-90\)" dy="0.32em">/g)).toHaveLength(10);
});
