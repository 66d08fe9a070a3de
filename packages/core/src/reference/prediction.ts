import type { Network } from '../parameters.ts';
import { assertLabels, assertSameLength, rowCount } from '../shapes.ts';
import { forward } from './forward.ts';

/**
 * The class with the highest probability; the lowest class of those that are equally high.
 *
 * Shapes: a m samples of C values; the result (m).
 *
 * Source: tutorial, step 8.
 */
export function argmax(a: Float64Array, C: number = a.length): Uint32Array {
  const m = rowCount('argmax', 'a', a, C);
  const classes = new Uint32Array(m);
  for (let i = 0; i < m; i++) {
    let best = 0;
    for (let c = 1; c < C; c++) if (a[i * C + c]! > a[i * C + best]!) best = c;
    classes[i] = best;
  }
  return classes;
}

/**
 * ŷ = argmax(softmax(…)): the forward pass, then the class with the highest probability, for each sample.
 *
 * @throws ShapeError when x does not fit the layers
 */
export function predict(network: Network, x: Float64Array): Uint32Array {
  return argmax(forward(network, x).probabilities, network.layers.at(-1));
}

/** The share of predictions that equal their label, from 0 to 1. */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  assertSameLength('accuracy', 'predictions', predictions, 'labels', labels);
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) correct++;
  return correct / labels.length;
}

/**
 * How often each class was taken for each class.
 *
 * Shape: (C, C) row by row; the row is the label, the column the prediction, the values count samples.
 *
 * @throws ShapeError when a label or a prediction is no class from 0 to C − 1
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  C: number,
): Uint32Array {
  assertSameLength('confusionMatrix', 'predictions', predictions, 'labels', labels);
  assertLabels('confusionMatrix', labels, labels.length, C);
  assertLabels('confusionMatrix', predictions, labels.length, C);
  const counts = new Uint32Array(C * C);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * C + predictions[i]!]!++;
  return counts;
}
