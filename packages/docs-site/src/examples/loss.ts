import {
  crossEntropy,
  crossEntropyFromLogits,
  softmax,
} from '@micronn/core';

const z2 = Float64Array.of(0.022, 0.006);
const a2 = softmax(z2);

// The loss if class 0 is the true one, and if class 1 is.
export const ifClass0 = crossEntropy(a2, [0]);
export const ifClass1 = crossEntropy(a2, [1]);

// The same directly from the scores: finite even if a probability
// rounds to 0.
export const fromScores = crossEntropyFromLogits(z2, [1]);
export const farOff = crossEntropyFromLogits(
  Float64Array.of(1000, 0),
  [1],
);
