import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker';
import { count, share } from '../console/format.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import type { DigitScore } from './digit-scores.ts';
import { type Markup, markup } from './html.ts';

/**
 * The plots, as SVG. Their colours are CSS variables of the page, so that one drawing serves the light and dark theme.
 */

/** Half the width of a page; still legible when scaled down to a phone. */
const WIDTH = 440;
const HEIGHT = 270;
/** A line of more points has no dots. */
const DOTS_UP_TO = 40;

/** The sets that are measured after each epoch; each name is also the name of a colour. */
export type SetName = 'train' | 'validation' | 'test';

/** Dashes distinguish the lines without colour. */
export const dashes: Readonly<Record<SetName, string>> = { train: '', validation: '2 4', test: '7 4' };

const { document } = parseHTML('<!doctype html><html><body></body></html>');

function draw(label: string, options: Plot.PlotOptions): Markup {
  const svg = Plot.plot({
    document,
    className: 'plot',
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 48,
    marginRight: 12,
    marginTop: 14,
    marginBottom: 38,
    ...options,
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  // The image has one label as a whole; screen readers skip its parts.
  for (const group of svg.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
  return markup(svg.outerHTML);
}

/** One line per set, over the epochs. */
export function drawCurves(
  label: string,
  metrics: readonly EpochMetrics[],
  sets: readonly SetName[],
  measure: 'Loss' | 'Accuracy',
): Markup {
  const points = sets.flatMap((set) =>
    metrics.map((epoch) => ({ set, epoch: epoch.epoch, value: epoch[`${set}${measure}`]! })),
  );
  const dots = metrics.length <= DOTS_UP_TO;
  return draw(label, {
    x: epochScale(metrics),
    y: {
      label: null,
      grid: true,
      tickSize: 0,
      nice: 5,
      ticks: 5,
      ...(measure === 'Accuracy' && { tickFormat: percentTick(points.map(({ value }) => value)) }),
    },
    marks: sets.map((set) => {
      const own = points.filter((point) => point.set === set);
      const colour = `var(--${set})`;
      return [
        Plot.lineY(own, {
          x: 'epoch',
          y: 'value',
          stroke: colour,
          strokeWidth: 2,
          ...(dashes[set] !== '' && { strokeDasharray: dashes[set] }),
        }),
        dots ? Plot.dot(own, { x: 'epoch', y: 'value', r: 3, fill: colour }) : null,
      ];
    }),
  });
}

/** One bar per epoch. */
export function drawThroughput(label: string, metrics: readonly EpochMetrics[]): Markup {
  const thousands = metrics.map(({ epoch, samplesPerSecond }) => ({ epoch, rate: samplesPerSecond / 1000 }));
  return draw(label, {
    width: 2 * WIDTH,
    height: 240,
    x: epochScale(metrics, 0.5),
    y: {
      label: null,
      grid: true,
      tickSize: 0,
      nice: 4,
      ticks: 4,
      tickFormat: (value: number) => count(value),
    },
    marks: [
      Plot.rectY(thousands, {
        x1: ({ epoch }: { epoch: number }) => epoch - 0.4,
        x2: ({ epoch }: { epoch: number }) => epoch + 0.4,
        y: 'rate',
        fill: 'var(--train)',
        fillOpacity: 0.75,
      }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });
}

/** One square per pair of label and prediction: the more images, the darker. */
export function drawConfusion(label: string, counts: Uint32Array, C: number): Markup {
  const cells = Array.from(counts, (images, k) => ({
    digit: Math.floor(k / C),
    predicted: k % C,
    images,
  }));
  const right = cells.filter(({ digit, predicted }) => digit === predicted);
  const wrong = cells.filter(({ digit, predicted }) => digit !== predicted);
  const most = (of: typeof cells): number => Math.max(1, ...of.map(({ images }) => images));
  const shade = (of: typeof cells, colour: string) => {
    const largest = most(of);
    return Plot.cell(of, {
      x: 'predicted',
      y: 'digit',
      fill: colour,
      fillOpacity: ({ images }: { images: number }) =>
        images === 0 ? 0.04 : 0.1 + 0.42 * Math.sqrt(images / largest),
      inset: 1,
      rx: 3,
    });
  };
  return draw(label, {
    height: 430,
    marginLeft: 40,
    marginTop: 40,
    marginRight: 2,
    marginBottom: 4,
    x: {
      axis: 'top',
      label: 'predicted',
      labelAnchor: 'center',
      labelArrow: 'none',
      tickSize: 0,
      padding: 0,
    },
    y: { label: 'true', labelAnchor: 'center', labelArrow: 'none', tickSize: 0, padding: 0 },
    opacity: { type: 'identity' },
    marks: [
      shade(right, 'var(--right)'),
      shade(wrong, 'var(--wrong)'),
      Plot.text(
        cells.filter(({ images }) => images > 0),
        {
          x: 'predicted',
          y: 'digit',
          text: ({ images }: { images: number }) => String(images),
          fill: 'var(--ink)',
        },
      ),
    ],
  });
}

/** Precision and recall of each digit, as two marks on one line. */
export function drawDigitScores(label: string, scores: readonly DigitScore[]): Markup {
  const known = scores.filter(
    (score): score is DigitScore & { precision: number; recall: number } =>
      score.precision !== undefined && score.recall !== undefined,
  );
  const values = known.flatMap(({ precision, recall }) => [precision, recall]);
  const lowest = Math.floor(Math.min(0.95, ...values) * 20) / 20;
  return draw(label, {
    height: 430,
    marginLeft: 28,
    insetLeft: 10,
    marginTop: 40,
    marginRight: 26,
    marginBottom: 4,
    x: {
      axis: 'top',
      label: null,
      grid: true,
      domain: [lowest, 1],
      ticks: 5,
      tickFormat: percentTick([lowest, 1]),
    },
    y: { type: 'band', domain: scores.map(({ digit }) => digit), label: null, tickSize: 0 },
    marks: [
      Plot.link(known, {
        x1: 'precision',
        x2: 'recall',
        y1: 'digit',
        y2: 'digit',
        stroke: 'var(--line)',
        strokeWidth: 5,
      }),
      Plot.dot(known, { x: 'precision', y: 'digit', r: 5.5, fill: 'var(--train)', symbol: 'circle' }),
      Plot.dot(known, { x: 'recall', y: 'digit', r: 5, fill: 'var(--test)', symbol: 'diamond' }),
    ],
  });
}

function epochScale(metrics: readonly EpochMetrics[], beside = 0): Plot.ScaleOptions {
  const first = metrics[0]!.epoch;
  const last = metrics.at(-1)!.epoch;
  const room = first === last ? 0.5 : beside;
  return {
    domain: [first - room, last + room],
    label: 'epoch',
    labelAnchor: 'center',
    labelArrow: 'none',
    ticks: epochTicks(first, last),
    tickFormat: (epoch: number) => count(epoch),
  };
}

/** Whole epochs, at most about eight ticks. */
function epochTicks(first: number, last: number): number[] {
  const least = (last - first) / 8;
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks;
}

/** Enough decimals to distinguish neighbouring ticks. */
function percentTick(values: readonly number[]): (value: number) => string {
  const range = Math.max(...values) - Math.min(...values);
  const decimals = range > 0.04 ? 0 : range > 0.004 ? 1 : 2;
  return (value) => share(value).replace(/\.\d+/, (part) => part.slice(0, decimals && decimals + 1));
}
