import * as Plot from '@observablehq/plot';
import { count } from '../console/format.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import { drawPlot, percentTick, WIDTH } from './draw-plot.ts';
import type { Markup } from './html.ts';

/** A line of more points has no dots. */
const DOTS_UP_TO = 40;

/** The sets that are measured after each epoch; each name is also the name of a colour. */
export type SetName = 'train' | 'validation' | 'test';

/** Dashes distinguish the lines without colour. */
export const dashes: Readonly<Record<SetName, string>> = { train: '', validation: '2 4', test: '7 4' };

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
  return drawPlot(label, {
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
  return drawPlot(label, {
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
