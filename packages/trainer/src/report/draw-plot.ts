import { type Content, html, type Markup } from './html.ts';

/**
 * The plots are SVG text. Their colours are CSS variables of the page, so that one drawing serves the light and the
 * dark theme.
 */

/** Half the width of a page; still legible when scaled down to a phone. */
export const WIDTH = 440;

/** A plot in CSS pixels, as wide as high as its view box, and the edges of the area where the data is. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Lays out a plot: its size, and its margins at the top, right, bottom and left. */
export function plotFrame(
  width: number,
  height: number,
  [top, right, bottom, left]: readonly [number, number, number, number],
): PlotFrame {
  return { width, height, left, right: width - right, top, bottom: height - bottom };
}

/** An SVG that screen readers treat as one image with a label; they skip its parts. */
export function drawPlot(label: string, { width, height }: PlotFrame, parts: Content): Markup {
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${parts}</svg>`;
}

/** A coordinate, to a tenth of a pixel. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}
