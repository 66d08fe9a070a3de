import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker';
import { share } from '../console/format.ts';
import { type Markup, markup } from './html.ts';

/**
 * The plots, as SVG. Their colours are CSS variables of the page, so that one drawing serves the light and dark theme.
 */

/** Half the width of a page; still legible when scaled down to a phone. */
export const WIDTH = 440;
const HEIGHT = 270;
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Draws a plot as SVG with a label for screen readers. */
export function drawPlot(label: string, options: Plot.PlotOptions): Markup {
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

/** Enough decimals to distinguish neighbouring ticks. */
export function percentTick(values: readonly number[]): (value: number) => string {
  const range = Math.max(...values) - Math.min(...values);
  const decimals = range > 0.04 ? 0 : range > 0.004 ? 1 : 2;
  return (value) => share(value).replace(/\.\d+/, (part) => part.slice(0, decimals && decimals + 1));
}
