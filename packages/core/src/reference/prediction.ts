import type { Network } from '../parameters.ts';
import { assertClasses, assertNotEmpty, assertSameLength, ShapeError, sampleCount } from '../shapes.ts';
import { forward } from './forward.ts';

/**
 * The class with the highest probability; the lowest such class in a tie.
 *
 * Shapes: a is m samples of C values; the result (m).
 *
 * Source: tutorial, step 8.
 *
 * @param C number of classes; without it, a is a single sample
 * @throws ShapeError when the length of a is not a multiple of C, or when a has a NaN, which a diverged network gives
 */
export function argmax(a: Float64Array, C: number = a.length): Uint32Array {
  const m = sampleCount('argmax', 'a', a, 'C', C);
  const wrong = a.findIndex(Number.isNaN);
  if (wrong >= 0) throw new ShapeError(`argmax: a[${wrong}] must be a number, got NaN`);
  const classes = new Uint32Array(m);
  for (let i = 0; i < m; i++) {
    let best = 0;
    for (let c = 1; c < C; c++) if (a[i * C + c]! > a[i * C + best]!) best = c;
    classes[i] = best;
  }
  return classes;
}

/**
 * ŷ = argmax(softmax(…)): the forward pass, then the class with the highest probability of each sample.
 *
 * Shapes: x is m samples of D values one after another; the result (m).
 *
 * Source: tutorial, step 8.
 *
 * @throws ShapeError when x or the parameters do not match the layers, when x is bytes or has a NaN, or when the
 *   probabilities are NaN, because the parameters are too large
 */
export function predict(network: Network, x: Float64Array): Uint32Array {
  return argmax(forward(network, x).probabilities, network.layers.at(-1));
}

/**
 * The share of predictions that equal their label, from 0 to 1.
 *
 * Shapes: predictions (m), labels (m).
 *
 * @throws ShapeError when the lengths differ or are 0
 */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  assertSameLength('accuracy', 'predictions', predictions, 'labels', labels);
  assertNotEmpty('accuracy', 'labels', labels);
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) correct++;
  return correct / labels.length;
}

/**
 * The confusion matrix: how many samples of each true class were predicted as each class.
 *
 * Shape: (C, C) row by row; the row is the label, the column is the prediction.
 *
 * @throws ShapeError when the lengths differ, or a label or a prediction is not a class from 0 to C − 1
 */
export function confusionMatrix(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  C: number,
): Uint32Array {
  assertSameLength('confusionMatrix', 'predictions', predictions, 'labels', labels);
  assertClasses('confusionMatrix', 'labels', labels, labels.length, C);
  assertClasses('confusionMatrix', 'predictions', predictions, labels.length, C);
  const counts = new Uint32Array(C * C);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * C + predictions[i]!]!++;
  return counts;
}
