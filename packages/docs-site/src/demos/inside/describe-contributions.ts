import { formatNumber } from '../../desk/format-number.ts';
import type { NeuronPlace, PixelContributions } from '../../desk/reading.ts';

/** The contributions of pixels and biases to a neuron, in a sentence. */
export function describeContributions(
  { layer, neuron }: NeuronPlace,
  isOutput: boolean,
  { perPixel, biases, z }: PixelContributions,
): string {
  let positive = 0;
  let negative = 0;
  for (const value of perPixel) {
    if (value > 0) positive += value;
    else negative += value;
  }
  const name = isOutput
    ? `Score of the digit ${neuron}`
    : `Hidden neuron ${neuron}${layer > 1 ? ` of layer ${layer}` : ''}`;
  const outcome = isOutput ? '' : z > 0 ? ', so it is active' : ', so ReLU makes it inactive';
  return `${name}: pixels add ${formatNumber(positive, 2)} and subtract ${formatNumber(-negative, 2)}, biases add ${formatNumber(biases, 2)}; the sum is ${formatNumber(z, 2)}${outcome}.`;
}
