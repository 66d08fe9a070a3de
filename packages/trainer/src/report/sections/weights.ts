import { layerViews, type Network } from '@micronn/core';
import { count } from '../../console/format.ts';
import { html, type Markup } from '../html.ts';
import { weightImage } from '../pixel-images.ts';

const MOST = 64;

/** The first layer's weights, an image for each neuron. */
export function weightsSection({ layers, parameters }: Network): Markup {
  const { W, inputs, outputs } = layerViews(parameters, layers)[0]!;
  const side = Math.sqrt(inputs);
  if (!Number.isInteger(side)) return html``;
  const shown = Math.min(outputs, MOST);
  const rows = Array.from({ length: shown }, (_, neuron) =>
    Float64Array.from(W.subarray(neuron * inputs, (neuron + 1) * inputs)),
  );
  let largest = 0;
  for (const row of rows) for (const weight of row) largest = Math.max(largest, Math.abs(weight));
  const of = layers.length > 2 ? 'hidden neuron' : 'digit';
  const number = (row: number): number => (layers.length > 2 ? row + 1 : row);
  const scale = largest.toPrecision(3);
  return html`<section aria-labelledby="weights">
<h2 id="weights">The first layer’s weights</h2>
<p class="quiet">${
    shown < outputs ? `The first ${shown} of ${count(outputs)} ${of}s: for` : `For`
  } each ${of} its weight on every pixel, as an image of ${side} × ${side}. Ink on orange speaks for it, ink on blue against it. Pixels that no image inks keep the weight that they began with.</p>
<div class="scale" role="img" aria-label="Colours: blue is −${scale}, the ground 0, orange +${scale}"><i></i><span>−${scale}</span><span>0</span><span>+${scale}</span></div>
<ul class="weights${shown <= 12 && ' few'}">${rows.map(
    (row, neuron) =>
      html`<li><img src="${weightImage(row, largest || 1)}" width="${side}" height="${side}" alt="Weights of ${of} ${number(neuron)}, from ${extreme(row, Math.min)} to ${extreme(row, Math.max)}"><span aria-hidden="true">${number(neuron)}</span></li>`,
  )}</ul>
</section>`;
}

function extreme(row: Float64Array, of: (...values: number[]) => number): string {
  return of(...row)
    .toFixed(3)
    .replace('-', '−');
}
