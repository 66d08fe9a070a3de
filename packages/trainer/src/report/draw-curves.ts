import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { count } from '../console/format.ts';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import { drawEpochs, drawRows, type Scale, type TickFormat } from './draw-axes.ts';
import { drawPlot, plotFrame, px, WIDTH } from './draw-plot.ts';
import { html, type Markup } from './html.ts';

/** A line of more points has no dots. */
const DOTS_UP_TO = 40;

const FRAME = plotFrame(WIDTH, 270, [14, 12, 38, 48]);
const ROWS = 5;

/** The sets that are measured after each epoch; each name is also the name of a colour. */
export type SetName = 'train' | 'validation' | 'test';

export type Measure = 'Loss' | 'Accuracy';

/** Dashes distinguish the lines without colour. */
export const dashes: Readonly<Record<SetName, string>> = { train: '', validation: '2 4', test: '7 4' };

/** A point of a curve that has a ring around it. */
export interface MarkedPoint {
  readonly set: SetName;
  readonly metrics: EpochMetrics;
}

/** One line per set, over the epochs. */
export function drawCurves(
  label: string,
  metrics: readonly EpochMetrics[],
  sets: readonly SetName[],
  measure: Measure,
  marked?: MarkedPoint,
): Markup {
  const x = epochScale(metrics);
  const values = metrics.flatMap((epoch) => sets.map((set) => metricOf(epoch, set, measure)));
  const y = valueScale(extent(values, measure === 'Accuracy' ? 1 : Infinity));
  const format = measure === 'Loss' ? lossTick(y) : shareTick(y);
  const curve = (set: SetName): Markup => {
    const toY = (epoch: EpochMetrics): number => y(metricOf(epoch, set, measure));
    const path = line<EpochMetrics>((epoch) => x(epoch.epoch), toY).digits(1);
    const colour = `var(--${set})`;
    return html`<path fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${
      dashes[set] !== '' && html` stroke-dasharray="${dashes[set]}"`
    } d="${path(metrics)!}"/>${
      metrics.length <= DOTS_UP_TO &&
      html`<g fill="${colour}">${metrics.map((epoch) => html`<circle cx="${px(x(epoch.epoch))}" cy="${px(toY(epoch))}" r="3"/>`)}</g>`
    }`;
  };
  const ring =
    marked &&
    html`<circle class="best" cx="${px(x(marked.metrics.epoch))}" cy="${px(y(metricOf(marked.metrics, marked.set, measure)))}" r="6" fill="none" stroke="var(--ink)" stroke-width="1.5"/>`;
  return drawPlot(label, FRAME, [
    drawRows(y, y.ticks(ROWS), format, FRAME),
    drawEpochs(x, count, FRAME),
    sets.map(curve),
    ring,
  ]);
}

/** One bar per epoch: thousands of samples per second. */
export function drawThroughput(label: string, metrics: readonly EpochMetrics[]): Markup {
  // Of a long run only some epochs are shown.
  const gaps = metrics.slice(1).map(({ epoch }, i) => epoch - metrics[i]!.epoch);
  const spacing = gaps.length > 0 ? Math.min(...gaps) : 1;
  const x = epochScale(metrics, spacing / 2);
  const width = px(0.8 * (x(spacing) - x(0)));
  const rates = metrics.map(({ samplesPerSecond }) => samplesPerSecond / 1000);
  const y = valueScale([0, extent(rates)[1]]);
  const bars = metrics.map(
    ({ epoch }, i) =>
      `M${px(x(epoch) - width / 2)} ${FRAME.bottom}V${px(y(rates[i]!))}h${width}V${FRAME.bottom}`,
  );
  return drawPlot(label, FRAME, [
    drawRows(y, y.ticks(ROWS), y.tickFormat(ROWS, ',f'), FRAME),
    drawEpochs(x, count, FRAME),
    html`<path fill="var(--train)" fill-opacity="0.75" d="${bars.join('')}"/>`,
  ]);
}

function metricOf(epoch: EpochMetrics, set: SetName, measure: Measure): number {
  return epoch[`${set}${measure}`]!;
}

function epochScale(metrics: readonly EpochMetrics[], beside = 0): Scale {
  const first = metrics[0]!.epoch;
  const last = metrics.at(-1)!.epoch;
  const room = first === last ? 0.5 : beside;
  return scaleLinear([first - room, last + room], [FRAME.left, FRAME.right]);
}

/** Ends at ticks. */
function valueScale(domain: readonly [number, number]): Scale {
  return scaleLinear(domain, [FRAME.bottom, FRAME.top]).nice(ROWS);
}

/** The lowest and the highest value; around a single value a range, which ends at 0 and at `limit`. */
function extent(values: readonly number[], limit = Infinity): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least < most) return [least, most];
  const room = least / 20 || 0.05;
  return [Math.max(least - room, 0), Math.min(most + room, limit)];
}

/** With the digits that distinguish neighbouring ticks, and few enough to fit beside the plot. */
function lossTick(y: Scale): TickFormat {
  const [, most] = y.domain() as [number, number];
  return y.tickFormat(ROWS, most < 1e-3 || most >= 1e5 ? '~e' : ',f');
}

/** In percent, with the decimals that distinguish neighbouring ticks. */
export function shareTick(scale: Scale): TickFormat {
  const format = scale.tickFormat(ROWS, '%');
  return (value) => format(value).replace('%', ' %');
}
