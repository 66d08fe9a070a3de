import type { JSX } from 'preact';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import type { NeuronPlace, PixelContributions } from '../../desk/reading.ts';
import styles from './Inside.module.css';

/** The image, the weight of each pixel for a neuron, and their product: what each pixel adds. */
export function InsidePictures({
  image,
  caption,
  place: { neuron },
  isOutput,
  contributions: { weights, perPixel },
}: {
  image: Uint8Array;
  caption: string;
  place: NeuronPlace;
  isOutput: boolean;
  contributions: PixelContributions;
}): JSX.Element {
  return (
    <div class={styles['pictures']}>
      <figure>
        <figcaption class="label">{caption}</figcaption>
        <PixelImage of="x" values={image} most={255} description="The digit as 28 by 28 pixels" />
      </figure>
      <Operator sign="⊙" />
      <figure>
        <figcaption class="label">
          {isOutput ? `Weight of each pixel for ${neuron}` : `Weights of neuron ${neuron}`}
        </figcaption>
        <PixelImage
          of="W1"
          values={weights}
          description={
            isOutput ? `Weight of each pixel for the digit ${neuron}` : `Weights of hidden neuron ${neuron}`
          }
        />
      </figure>
      <Operator sign="=" />
      <figure>
        <figcaption class="label">What each pixel adds</figcaption>
        <PixelImage of={isOutput ? 'z2' : 'z1'} values={perPixel} description="What each pixel adds" />
      </figure>
    </div>
  );
}

function Operator({ sign }: { sign: string }): JSX.Element {
  return (
    <span class={styles['operator']} aria-hidden="true">
      {sign}
    </span>
  );
}
