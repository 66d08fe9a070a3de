import { assertClasses, sampleCount } from '../shapes.ts';
import { exp, log } from './elementary.ts';

/**
 * One-hot encoding: C values per label, 1 at the label's index and 0 elsewhere.
 *
 * Shapes: labels (m); the result is m samples of C values.
 *
 * Source: tutorial, step 4.
 *
 * @throws ShapeError when a label is not a class from 0 to C − 1
 */
export function oneHot(labels: ArrayLike<number>, C: number): Float64Array {
  assertClasses('oneHot', 'labels', labels, labels.length, C);
  const y = new Float64Array(labels.length * C);
  for (let i = 0; i < labels.length; i++) y[i * C + labels[i]!] = 1;
  return y;
}

/**
 * Cross-entropy of probabilities: L = −(1/m) Σ log a[true class], in nats.
 *
 * The loss is infinite where the true class has probability 0. Training uses {@link crossEntropyFromLogits}, which
 * computes the same loss and stays finite.
 *
 * Shapes: a is m samples of C probabilities; labels (m).
 *
 * Source: tutorial, step 5.
 *
 * @param C number of classes; without it, a is a single sample
 * @throws ShapeError when the sizes do not match, or a label is not a class from 0 to C − 1
 */
export function crossEntropy(a: Float64Array, labels: ArrayLike<number>, C: number = a.length): number {
  const m = sampleCount('crossEntropy', 'a', a, 'C', C);
  assertClasses('crossEntropy', 'labels', labels, m, C);
  let sum = 0;
  for (let i = 0; i < m; i++) sum -= log(a[i * C + labels[i]!]!);
  return sum / m;
}

/**
 * Cross-entropy of logits: L = (1/m) Σ (log Σⱼ e^zⱼ − z[true class]), in nats.
 *
 * The maximum is taken out of the sum. So the loss stays finite where e^z would overflow or the probability of the
 * true class would round to 0, as long as the differences of the logits are finite. The loss is ∞ if the logit of the
 * true class is −∞, and NaN for a sample whose softmax is NaN.
 *
 * Shapes: z is m samples of C logits; labels (m).
 *
 * @param C number of classes; without it, z is a single sample
 * @throws ShapeError when the sizes do not match, or a label is not a class from 0 to C − 1
 */
export function crossEntropyFromLogits(
  z: Float64Array,
  labels: ArrayLike<number>,
  C: number = z.length,
): number {
  const m = sampleCount('crossEntropyFromLogits', 'z', z, 'C', C);
  assertClasses('crossEntropyFromLogits', 'labels', labels, m, C);
  let sum = 0;
  for (let i = 0; i < m; i++) {
    const from = i * C;
    let max = z[from]!;
    for (let c = 1; c < C; c++) if (z[from + c]! > max) max = z[from + c]!;
    let exponentials = 0;
    for (let c = 0; c < C; c++) exponentials += exp(z[from + c]! - max);
    sum += log(exponentials) - (z[from + labels[i]!]! - max);
  }
  return sum / m;
}
