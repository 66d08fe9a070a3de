import { layerViews, type Network } from '@micronn/core';
import { count } from '../../console/format.ts';
import { type EndedRun, nounOf, nounsOf } from '../findings.ts';
import { html, type Markup } from '../html.ts';
import { weightImage } from '../pixel-images.ts';

const MOST = 64;

/** The weights of the first layer, one image per neuron. */
export function weightsSection(
  { layers, parameters }: Network,
  { width, height, classes }: EndedRun['form'],
): Markup {
  const { W, inputs, outputs } = layerViews(parameters, layers)[0]!;
  const shown = Math.min(outputs, MOST);
  const rows = Array.from({ length: shown }, (_, neuron) => {
    const weights = W.subarray(neuron * inputs, (neuron + 1) * inputs);
    return { weights, range: rangeOf(weights) };
  });
  const largest = Math.max(...rows.flatMap(({ range }) => range.map(Math.abs)));
  const noun = nounOf(classes);
  const [of, all] = layers.length > 2 ? ['hidden neuron', 'hidden neurons'] : [noun, nounsOf(noun)];
  const number = (row: number): string => (layers.length > 2 ? String(row + 1) : classes.names[row]!);
  const scale = largest.toPrecision(3);
  return html`<section aria-labelledby="weights">
<h2 id="weights">Weights of the first layer</h2>
<p class="quiet">${
    shown < outputs
      ? `The first ${shown} of ${count(outputs)} ${all}. Each image shows the weights of one ${of}`
      : `Each image shows the weights of one ${of}`
  }, one for each of ${width} × ${height} pixels. Ink on orange pixels raises its output, ink on blue pixels lowers it. Pixels that are blank in every image keep their initial weight.</p>
<div class="scale" role="img" aria-label="Colours: blue −${scale}, background 0, orange +${scale}"><i></i><span>−${scale}</span><span>0</span><span>+${scale}</span></div>
<ul class="weights${shown <= 12 && ' few'}">${rows.map(
    ({ weights, range: [least, most] }, neuron) =>
      html`<li><img src="${weightImage(weights, width, largest || 1)}" width="${width}" height="${height}" alt="Weights of ${of} ${number(neuron)}, from ${signed(least)} to ${signed(most)}"><span aria-hidden="true">${number(neuron)}</span></li>`,
  )}</ul>
</section>`;
}

function rangeOf(weights: Float64Array): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let j = 0; j < weights.length; j++) {
    const weight = weights[j]!;
    if (weight < least) least = weight;
    if (weight > most) most = weight;
  }
  return [least, most];
}

function signed(weight: number): string {
  return weight.toFixed(3).replace('-', '−');
}
