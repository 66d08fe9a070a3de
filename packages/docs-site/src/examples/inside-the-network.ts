import {
  type ForwardPass,
  type LayerView,
  layerViews,
  type Network,
} from '@micronn/core';

/**
 * What each pixel of an image adds to the score of a digit, in a
 * network with one hidden layer.
 */
export function pixelShares(
  network: Network,
  { x, z }: ForwardPass,
  digit: number,
): Float64Array {
  const [first, second] = layerViews(
    network.parameters,
    network.layers,
  ) as [LayerView, LayerView];
  const shares = new Float64Array(first.inputs);
  for (let j = 0; j < first.outputs; j++) {
    // An inactive hidden neuron contributes nothing.
    if (!(z[0]![j]! > 0)) continue;
    const weight = second.W[digit * second.inputs + j]!;
    for (let i = 0; i < first.inputs; i++)
      shares[i]! += weight * first.W[j * first.inputs + i]! * x[i]!;
  }
  return shares;
}
