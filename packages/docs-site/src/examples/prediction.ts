import {
  accuracy,
  argmax,
  confusionMatrix,
  predict,
} from '@micronn/core';

// Ten probabilities, and the class that has the largest.
const a2 = Float64Array.of(
  0.02,
  0.03,
  0.01,
  0.85,
  0.02,
  0.01,
  0.02,
  0.01,
  0.02,
  0.01,
);
export const [digit] = argmax(a2);

// Several samples at once, one after another: a forward pass for all,
// then argmax for each.
const network = {
  layers: [3, 2, 2],
  parameters: Float64Array.from([
    0.2, -0.3, 0.1, 0.4, 0.1, -0.2, 0.1, -0.1, 0.3, -0.2, -0.1, 0.4,
    0.05, -0.05,
  ]),
};
const x = Float64Array.of(0.5, 0.8, 0.2, 1, 0, 0, 0, 1, 0);
const labels = [1, 1, 0];
export const predictions = predict(network, x);

// The accuracy, and the confusion matrix: rows are labels.
export const share = accuracy(predictions, labels);
export const confusion = confusionMatrix(predictions, labels, 2);
