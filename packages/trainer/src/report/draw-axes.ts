import type { ScaleLinear } from 'd3-scale';
import { type PlotFrame, px } from './draw-plot.ts';
import { html, type Markup } from './html.ts';

export type Scale = ScaleLinear<number, number>;

/** A text for the value of a tick. */
export type TickFormat = (tick: number) => string;

/** Horizontal lines through the plot, with their values on the left. */
export function drawRows(y: Scale, ticks: readonly number[], format: TickFormat, frame: PlotFrame): Markup {
  return html`<path stroke="var(--line)" stroke-opacity="0.7" d="${ticks.map((tick) => `M${frame.left} ${px(y(tick))}H${frame.right}`).join('')}"/><g text-anchor="end" fill="currentColor">${ticks.map(
    (tick) => html`<text x="${frame.left - 8}" y="${px(y(tick))}" dy="0.32em">${format(tick)}</text>`,
  )}</g>`;
}

/** The epochs below the plot: whole numbers only. */
export function drawEpochs(x: Scale, format: TickFormat, frame: PlotFrame): Markup {
  const { left, right, bottom, height } = frame;
  // About as many ticks as there is room for.
  const ticks = x.ticks((right - left) / 60).filter(Number.isInteger);
  return html`<path stroke="currentColor" d="${ticks.map((tick) => `M${px(x(tick))} ${bottom}v5`).join('')}"/><g text-anchor="middle" fill="currentColor">${ticks.map(
    (tick) => html`<text x="${px(x(tick))}" y="${bottom + 19}">${format(tick)}</text>`,
  )}<text x="${px((left + right) / 2)}" y="${height - 3}">epoch</text></g>`;
}

/** Vertical lines through the plot, with their values above it. */
export function drawColumns(
  x: Scale,
  ticks: readonly number[],
  format: TickFormat,
  frame: PlotFrame,
): Markup {
  const { top, bottom } = frame;
  return html`<path stroke="var(--line)" stroke-opacity="0.7" d="${ticks.map((tick) => `M${px(x(tick))} ${top}V${bottom}`).join('')}"/><g text-anchor="middle" fill="currentColor">${ticks.map(
    (tick) => html`<text x="${px(x(tick))}" y="${top - 9}">${format(tick)}</text>`,
  )}</g>`;
}
