import type { Network } from '@micronn/core';
import { layerViews } from '@micronn/core';
import type { JSX } from 'preact';
import { formatNumber, formatPercent } from '../desk/format-number.ts';
import {
  neuronArithmetic,
  pixelContributions,
  pixelPlace,
  type Reading,
  type Term,
} from '../desk/reading.ts';
import styles from './neuron-panel.module.css';
import { PixelImage } from './pixel-image.tsx';
import { Formula, Num } from './quantity.tsx';

/** Which neuron: its layer from 1, as in W1, and its place in it. */
export interface NeuronPlace {
  readonly layer: number;
  readonly neuron: number;
}

/** Products that are shown before the rest is added up. */
const SHOWN = 10;

/** How one neuron comes to its value: its products, its bias, its sum, and what is made of it. */
export function NeuronPanel({
  network,
  reading,
  place: { layer, neuron },
}: {
  network: Network;
  reading: Reading;
  place: NeuronPlace;
}): JSX.Element {
  const last = network.layers.length - 1;
  const { terms, zeros, bias, z, a } = neuronArithmetic(network, reading.pass, layer, neuron);
  const shown = terms.slice(0, SHOWN);
  const rest = terms.slice(SHOWN);
  const sumOf = (some: readonly Term[]) => some.reduce((sum, { product }) => sum + product, 0);
  const input = layer === 1 ? 'x' : `a${layer - 1}`;
  const quantity = Math.min(layer, 2);
  const { W, inputs } = layerViews(network.parameters, network.layers)[layer - 1]!;
  const { perPixel } = pixelContributions(network, reading.pass, layer, neuron);
  const name = layer === last ? `output neuron ${neuron}` : `hidden neuron ${neuron}`;
  return (
    <section
      class={styles['panel']}
      aria-label={`The arithmetic of ${name}`}
      data-neuron={`${layer}.${neuron}`}
    >
      <p class="label">
        {layer === last ? `Output neuron ${neuron}, for the digit ${neuron}` : `Hidden neuron ${neuron}`}
        {layer > 1 && layer < last && ` of layer ${layer}`}
      </p>
      <div class={styles['pictures']}>
        {layer === 1 && (
          <figure>
            <PixelImage
              of="W1"
              values={W.subarray(neuron * inputs, (neuron + 1) * inputs)}
              description={`Weights of ${name} as an image`}
            />
            <figcaption>
              its weights, <Formula of="W1" />[{neuron}]
            </figcaption>
          </figure>
        )}
        <figure>
          <PixelImage
            of={`z${quantity}`}
            values={perPixel}
            description={`What each pixel adds to ${name}: ${extremes(perPixel)}`}
          />
          <figcaption>what each pixel adds</figcaption>
        </figure>
      </div>
      <table class={styles['terms']}>
        <caption class="sr-only">{`The products of ${name}, the largest first`}</caption>
        <thead>
          <tr>
            <th scope="col">{layer === 1 ? 'pixel' : 'hidden neuron'}</th>
            <th scope="col">
              weight <Formula of={`W${layer}`} />
            </th>
            <th scope="col">
              · <Formula of={input} />
            </th>
            <th scope="col">= product</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ index, weight, input: value, product }) => (
            <tr key={index}>
              <th scope="row">{layer === 1 ? pixelPlace(index) : index}</th>
              <td>
                <Num value={weight} of={`W${quantity}`}>
                  {formatNumber(weight, 3)}
                </Num>
              </td>
              <td>
                <Num value={value} of={layer === 1 ? 'x' : 'a1'}>
                  {formatNumber(value, 3)}
                </Num>
              </td>
              <td>
                <Num value={product}>{formatNumber(product, 3)}</Num>
              </td>
            </tr>
          ))}
          {rest.length > 0 && (
            <tr>
              <th scope="row" colSpan={3}>
                {rest.length} smaller products
              </th>
              <td>
                <Num value={sumOf(rest)}>{formatNumber(sumOf(rest), 3)}</Num>
              </td>
            </tr>
          )}
          {zeros > 0 && (
            <tr>
              <th scope="row" colSpan={3}>
                {zeros} {layer === 1 ? 'pixels without ink' : 'neurons that are silent'}
              </th>
              <td>0</td>
            </tr>
          )}
          <tr>
            <th scope="row" colSpan={3}>
              bias <Formula of={`b${layer}`} />
            </th>
            <td>
              <Num value={bias} of={`b${quantity}`}>
                {formatNumber(bias, 3)}
              </Num>
            </td>
          </tr>
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              sum <Formula of={`z${layer}`} />[{neuron}]
            </th>
            <td>
              <Num value={z} of={`z${quantity}`}>
                {formatNumber(z, 3)}
              </Num>
            </td>
          </tr>
          <tr>
            <th scope="row" colSpan={3}>
              {layer === last ? 'its share by softmax' : 'after ReLU'} <Formula of={`a${layer}`} />[{neuron}]
            </th>
            <td>
              <Num value={a} of={`a${layer === last ? 2 : 1}`}>
                {layer === last ? formatPercent(a) : formatNumber(a, 3)}
              </Num>
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** The strongest contributions either way, in words. */
function extremes(perPixel: Float64Array): string {
  let most = 0;
  let least = 0;
  for (let i = 0; i < perPixel.length; i++) {
    if (perPixel[i]! > perPixel[most]!) most = i;
    if (perPixel[i]! < perPixel[least]!) least = i;
  }
  return `most at ${pixelPlace(most)} with ${formatNumber(perPixel[most]!, 3)}, least at ${pixelPlace(least)} with ${formatNumber(perPixel[least]!, 3)}`;
}
