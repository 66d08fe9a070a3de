import type { NeuronPlace } from '../../blocks/neuron-panel.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import type { PixelContributions } from '../../desk/reading.ts';

/** What the pixels come to for a neuron, in a sentence. */
export function describeContributions(
  { layer, neuron }: NeuronPlace,
  isOutput: boolean,
  { perPixel, biases, z }: PixelContributions,
): string {
  let forIt = 0;
  let against = 0;
  for (const value of perPixel) {
    if (value > 0) forIt += value;
    else against += value;
  }
  const who = isOutput
    ? `The score of the digit ${neuron}`
    : `Hidden neuron ${neuron}${layer > 1 ? ` of layer ${layer}` : ''}`;
  const outcome = isOutput ? '' : z > 0 ? ', so it is awake' : ', so ReLU silences it';
  return `${who}: pixels add ${formatNumber(forIt, 2)} and take ${formatNumber(-against, 2)}, biases give ${formatNumber(biases, 2)}; that makes ${formatNumber(z, 2)}${outcome}.`;
}
