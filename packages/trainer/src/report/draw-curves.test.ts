import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import { drawCurves, drawThroughput } from './draw-curves.ts';

/** The metrics of epochs with these training losses. */
function metricsOf(losses: readonly number[], first = 1): EpochMetrics[] {
  return losses.map((trainLoss, i) => ({
    epoch: first + i,
    trainLoss,
    trainAccuracy: 1 / (1 + trainLoss),
    testLoss: 2 * trainLoss,
    testAccuracy: 0.5,
    seconds: 1,
    samplesPerSecond: 1000 * (1 + i),
  }));
}

interface Tick {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

const draw = (
  metrics: readonly EpochMetrics[],
  measure: 'Loss' | 'Accuracy' = 'Loss',
  best?: EpochMetrics,
): string =>
  drawCurves('a label', metrics, ['train', 'test'], measure, best && { set: 'train', metrics: best }).markup;

function ticksOf(svg: string): { rows: Tick[]; epochs: Tick[] } {
  const texts = [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)"( dy="0.32em")?>([^<]*)</g)];
  const ticks = texts.map(([, x, y, isRow, text]) => ({ x: Number(x), y: Number(y), text: text!, isRow }));
  return {
    rows: ticks.filter(({ isRow }) => isRow),
    epochs: ticks.filter(({ isRow, text }) => !isRow && text !== 'epoch'),
  };
}

function pointsOf(svg: string, set: string): [number, number][] {
  const [, path] = new RegExp(`<path [^>]*stroke="var\\(--${set}\\)"[^>]* d="M([^"Z]*)Z?"`).exec(svg)!;
  return path!.split('L').map((point) => point.split(',').map(Number) as [number, number]);
}

/** The value at a position between two ticks, and how much of it a tenth of a pixel is. */
function readAxis(
  ticks: readonly Tick[],
  axis: 'x' | 'y',
  position: number,
): { value: number; unit: number } {
  const [from, to] = [ticks[0]!, ticks.at(-1)!];
  const [a, b] = [from, to].map(({ text }) =>
    Number(text.replaceAll(',', '').replace('−', '-').replace(' %', '')),
  );
  const unit = (b! - a!) / (to[axis] - from[axis]);
  return { value: a! + (position - from[axis]) * unit, unit: Math.abs(unit) / 10 };
}

test('every point of a curve lies where the ticks of both axes put its epoch and its value, to a fifth of a pixel', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 20, noNaN: true }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 1, max: 400 }),
      (losses, first) => {
        const metrics = metricsOf(losses, first);
        const svg = draw(metrics);
        const { rows, epochs } = ticksOf(svg);
        expect(rows.length).toBeGreaterThan(1);
        for (const [set, factor] of [
          ['train', 1],
          ['test', 2],
        ] as const) {
          const points = pointsOf(svg, set);
          expect(points).toHaveLength(metrics.length);
          for (const [i, [x, y]] of points.entries()) {
            const loss = readAxis(rows, 'y', y);
            expect(Math.abs(loss.value - factor * losses[i]!)).toBeLessThan(2 * loss.unit);
            if (epochs.length < 2) continue;
            const epoch = readAxis(epochs, 'x', x);
            expect(Math.abs(epoch.value - first - i)).toBeLessThan(2 * epoch.unit);
          }
        }
      },
    ),
  );
});

test('epochs have whole numbers, and room for them', () => {
  for (const last of [1, 2, 3, 10, 39, 500, 600]) {
    const { epochs } = ticksOf(draw(metricsOf(Array.from({ length: last }, (_, i) => 1 / (1 + i)))));
    expect(epochs.length, `${last} epochs`).toBeGreaterThan(0);
    const texts = epochs.map(({ text }) => text);
    // Fractions would be rounded to the same whole numbers.
    expect(new Set(texts).size).toBe(texts.length);
    const gaps = epochs.slice(1).map(({ x }, i) => x - epochs[i]!.x);
    expect(Math.min(...gaps)).toBeGreaterThan(30);
  }
});

test.each([
  ['one epoch', [0.5]],
  ['a loss that stays', [0.3, 0.3, 0.3]],
  ['a loss of 0', [0, 0]],
  ['a tiny loss', [1e-9, 2e-9]],
  ['a loss just before it overflows', [1, 1e38]],
])('%s: the ticks differ, fit beside the plot, and every coordinate is a number in it', (_, losses) => {
  for (const measure of ['Loss', 'Accuracy'] as const) {
    const svg = draw(metricsOf(losses), measure);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const texts = ticksOf(svg).rows.map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThan(1);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(7);
    expect(texts.join('')).not.toContain('−');
    for (const [x, y] of [...pointsOf(svg, 'train'), ...pointsOf(svg, 'test')]) {
      expect(x).toBeGreaterThanOrEqual(48);
      expect(x).toBeLessThanOrEqual(428);
      expect(y).toBeGreaterThanOrEqual(14);
      expect(y).toBeLessThanOrEqual(232);
    }
  }
});

test.each([
  [0, 'least'],
  [1, 'most'],
])('of an accuracy that stays %i, no tick is beyond', (accuracy, end) => {
  const metrics = metricsOf([1, 1]).map((epoch) => ({
    ...epoch,
    trainAccuracy: accuracy,
    testAccuracy: accuracy,
  }));
  const ticks = ticksOf(draw(metrics, 'Accuracy')).rows.map(({ text }) => Number.parseFloat(text));
  expect(end === 'least' ? Math.min(...ticks) : Math.max(...ticks)).toBe(100 * accuracy);
});

test('the ring is around the best epoch, and missing without one', () => {
  const metrics = metricsOf([3, 1, 2]);
  const [x, y] = pointsOf(draw(metrics), 'train')[1]!;
  expect(draw(metrics, 'Loss', metrics[1])).toContain(`<circle class="best" cx="${x}" cy="${y}"`);
  expect(draw(metrics)).not.toContain('class="best"');
});

test('a long run has lines without dots', () => {
  const dots = (epochs: number): number =>
    draw(metricsOf(Array<number>(epochs).fill(1))).split('<circle').length - 1;
  expect(dots(40)).toBe(80);
  expect(dots(41)).toBe(0);
});

test('bars are as high as their rates, and none overlaps the next', () => {
  const all = metricsOf(Array<number>(12).fill(1));
  // Epochs 3 and 4 are lost; in a thinned-out run only every 50th epoch is shown.
  const lost = all.filter(({ epoch }) => epoch !== 3 && epoch !== 4);
  const thinned = all.map((metrics) => ({ ...metrics, epoch: 50 * metrics.epoch }));
  for (const metrics of [all, lost, thinned, all.slice(0, 1)]) {
    const svg = drawThroughput('a label', metrics).markup;
    const { rows } = ticksOf(svg);
    const [, path] = /fill="var\(--train\)"[^>]* d="M([^"]*)"/.exec(svg)!;
    const bars = path!.split('M').map((bar) => bar.split(/[ VhM]/).map(Number));
    expect(bars).toHaveLength(metrics.length);
    for (const [i, [x, bottom, y, width]] of bars.entries()) {
      const { value, unit } = readAxis(rows, 'y', y!);
      expect(Math.abs(value - metrics[i]!.samplesPerSecond / 1000)).toBeLessThan(unit);
      expect(readAxis(rows, 'y', bottom!).value).toBeCloseTo(0, 6);
      expect(width).toBeGreaterThan(1);
      expect(x! + width!).toBeLessThan(bars[i + 1]?.[0] ?? 440);
    }
  }
});
