import { accuracy, createSampleWorkspace, forwardSample, layerViews, type Network } from '@micronn/core';
import type { EvaluationMessage, Samples } from './messages.ts';

/** Evaluates a network on byte images with core's reference, one sample at a time in one workspace. */
export function evaluateSamples(
  { layers, parameters }: Network,
  { images, labels }: Samples,
): EvaluationMessage {
  const workspace = createSampleWorkspace(layers);
  const views = layerViews(parameters, layers);
  const inputs = layers[0]!;
  const predictions = new (layers.at(-1)! > 256 ? Uint16Array : Uint8Array)(labels.length);
  let loss = 0;
  for (const [i, label] of labels.entries()) {
    for (let k = 0; k < inputs; k++) workspace.x[k] = images[i * inputs + k]! / 255;
    forwardSample(workspace, views, label);
    predictions[i] = workspace.prediction;
    loss += workspace.loss;
  }
  return { loss: loss / labels.length, accuracy: accuracy(predictions, labels), predictions };
}
