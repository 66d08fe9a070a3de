import { confusionMatrix, predict, scalePixels } from '@micronn/core';
import { readMnist } from '@micronn/fixtures/node';
import { networkOfSafetensors } from '../desk/model-tensors.ts';
import type { TrainedModel } from './trained-models.ts';

export const testCount = 10_000;
const PIXELS = 784;
const CLASSES = 10;
/** Images per forward pass: all test images as float64 would take 63 MB. */
const AT_ONCE = 500;

/** The predictions of a model for MNIST's test set. */
export interface TestResult {
  readonly labels: Uint8Array;
  readonly predictions: Uint32Array;
  /** (10, 10) row by row: the row is the label, the column the prediction. */
  readonly confusion: Uint32Array;
}

/** Predicts all of MNIST's test images with core's reference. */
export function predictTestSet({ safetensors }: Pick<TrainedModel, 'safetensors'>): TestResult {
  const network = networkOfSafetensors(new Uint8Array(safetensors));
  const { images, labels } = readMnist('test', 0, testCount);
  const predictions = new Uint32Array(testCount);
  for (let from = 0; from < testCount; from += AT_ONCE) {
    const pixels = images.subarray(from * PIXELS, (from + AT_ONCE) * PIXELS);
    predictions.set(predict(network, scalePixels(pixels)), from);
  }
  return { labels, predictions, confusion: confusionMatrix(predictions, labels, CLASSES) };
}

/** The pair of different classes that is confused most often: images of `label` predicted as `prediction`. */
export function worstConfusion(confusion: ArrayLike<number>): {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
} {
  let worst = { label: 0, prediction: 1, count: -1 };
  for (let label = 0; label < CLASSES; label++) {
    for (let prediction = 0; prediction < CLASSES; prediction++) {
      const count = confusion[label * CLASSES + prediction]!;
      if (label !== prediction && count > worst.count) worst = { label, prediction, count };
    }
  }
  return worst;
}
