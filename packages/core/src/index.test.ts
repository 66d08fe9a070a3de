import { expect, test } from 'vitest';
import * as core from './index.ts';

test('exports exactly these names', () => {
  expect(Object.keys(core).toSorted()).toMatchInlineSnapshot(`
    [
      "SafetensorsError",
      "ShapeError",
      "accuracy",
      "addSampleGradient",
      "argmax",
      "backward",
      "confusionMatrix",
      "createNetwork",
      "createRandomStream",
      "createSampleWorkspace",
      "crossEntropy",
      "crossEntropyFromLogits",
      "decodeSafetensors",
      "encodeSafetensors",
      "epochOrderInto",
      "exp",
      "forward",
      "forwardSample",
      "gradientCheck",
      "initializations",
      "layerViews",
      "linear",
      "linearInto",
      "log",
      "oneHot",
      "parameterBytes",
      "parameterCount",
      "permutationInto",
      "philoxInto",
      "predict",
      "relu",
      "reluDerivative",
      "reluInto",
      "sgdStep",
      "shuffle",
      "softmax",
      "softmaxInto",
      "tensorPlaces",
      "traceStep",
    ]
  `);
});
