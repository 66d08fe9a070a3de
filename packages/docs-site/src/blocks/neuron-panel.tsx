import { layerViews, type Network } from '@micronn/core';
import type { JSX } from 'preact';
import { formatNumber } from '../desk/format-number.ts';
import { type NeuronPlace, pixelContributions, pixelPlace, type Reading } from '../desk/reading.ts';
import styles from './neuron-panel.module.css';
import { NeuronTerms } from './neuron-terms.tsx';
import { PixelImage } from './pixel-image.tsx';
import { Formula } from './quantity.tsx';

/** The arithmetic of one neuron: its products, its bias, their sum, and its activation. */
export function NeuronPanel({
  network,
  reading,
  place,
}: {
  network: Network;
  reading: Reading;
  place: NeuronPlace;
}): JSX.Element {
  const { layer, neuron } = place;
  const last = network.layers.length - 1;
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
      <NeuronImages network={network} reading={reading} place={place} name={name} />
      <NeuronTerms network={network} reading={reading} place={place} name={name} />
    </section>
  );
}

/** The weights of a neuron of the first layer, and the contribution of each pixel to any neuron. */
function NeuronImages({
  network,
  reading,
  place: { layer, neuron },
  name,
}: {
  network: Network;
  reading: Reading;
  place: NeuronPlace;
  name: string;
}): JSX.Element {
  const { W, inputs } = layerViews(network.parameters, network.layers)[layer - 1]!;
  const { perPixel } = pixelContributions(network, reading.pass, layer, neuron);
  return (
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
          of={`z${Math.min(layer, 2)}`}
          values={perPixel}
          description={`What each pixel adds to ${name}: ${extremes(perPixel)}`}
        />
        <figcaption>what each pixel adds</figcaption>
      </figure>
    </div>
  );
}

/** The largest and the smallest contribution, in words. */
function extremes(perPixel: Float64Array): string {
  let most = 0;
  let least = 0;
  for (let i = 0; i < perPixel.length; i++) {
    if (perPixel[i]! > perPixel[most]!) most = i;
    if (perPixel[i]! < perPixel[least]!) least = i;
  }
  return `most at ${pixelPlace(most)} with ${formatNumber(perPixel[most]!, 3)}, least at ${pixelPlace(least)} with ${formatNumber(perPixel[least]!, 3)}`;
}
