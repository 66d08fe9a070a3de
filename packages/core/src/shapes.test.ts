import { describe, expect, test } from 'vitest';
import {
  accuracy,
  argmax,
  backward,
  confusionMatrix,
  createNetwork,
  createRandomStream,
  createSampleWorkspace,
  crossEntropy,
  crossEntropyFromLogits,
  epochOrderInto,
  forward,
  gradientCheck,
  type Initialization,
  layerViews,
  linear,
  linearInto,
  oneHot,
  type Purpose,
  parameterCount,
  predict,
  reluInto,
  ShapeError,
  sgdStep,
  softmax,
  softmaxInto,
  tensorPlaces,
  traceStep,
} from './index.ts';

const mnist = createNetwork([784, 10, 10], { seed: 1 });
const withinArray = 'must be a whole number from 1 to 536870912';
const small = createNetwork([3, 4, 2], { seed: 1 });
const zeros = (length: number): Float64Array => new Float64Array(length);
const pass = forward(small, zeros(6));
const checked = (options: Parameters<typeof gradientCheck>[3]) => () =>
  gradientCheck(small, zeros(3), [0], options);

// Every check, with its whole message.
const messages: [() => unknown, string][] = [
  // Layers and parameters.
  [
    () => createNetwork([], { seed: 1 }),
    'createNetwork: layers must have at least an input and an output size, got []',
  ],
  [
    () => createNetwork([784], { seed: 1 }),
    'createNetwork: layers must have at least an input and an output size, got [784]',
  ],
  [
    () => createNetwork([784, 0, 10], { seed: 1 }),
    'createNetwork: layers[1] must be a whole number of at least 1, got 0',
  ],
  [
    () => createNetwork([1e9, 1e9], { seed: 1 }),
    `createNetwork: number of parameters ${withinArray}, got 1000000001000000000`,
  ],
  [
    () => parameterCount([2 ** 29 - 1, 1, 1]),
    `parameterCount: number of parameters ${withinArray}, got 536870914`,
  ],
  [
    () => createSampleWorkspace([1e10, 1]),
    `createSampleWorkspace: number of parameters ${withinArray}, got 10000000001`,
  ],
  [() => parameterCount([3, 2.5]), 'parameterCount: layers[1] must be a whole number of at least 1, got 2.5'],
  [() => tensorPlaces([-1, 2]), 'tensorPlaces: layers[0] must be a whole number of at least 1, got -1'],
  [
    () => createSampleWorkspace([3, Number.NaN]),
    'createSampleWorkspace: layers[1] must be a whole number of at least 1, got NaN',
  ],
  [
    () => layerViews(zeros(7959), [784, 10, 10]),
    'layerViews: parameters must have 7960 values for layers 784-10-10, got 7959',
  ],
  [
    () => layerViews(zeros(2), [2, Infinity]),
    'layerViews: layers[1] must be a whole number of at least 1, got Infinity',
  ],

  // Seeds and names.
  [
    () => createNetwork([2, 2], { seed: -1 }),
    'createNetwork: seed must be a whole number from 0 to 9007199254740991, got -1',
  ],
  [
    () => createRandomStream(0.5, 'split'),
    'createRandomStream: seed must be a whole number from 0 to 9007199254740991, got 0.5',
  ],
  [
    () => createRandomStream(2 ** 53, 'split'),
    'createRandomStream: seed must be a whole number from 0 to 9007199254740991, got 9007199254740992',
  ],
  [
    () => createRandomStream(1, 'permutation', -1),
    'createRandomStream: number must be a whole number from 0 to 4294967295, got -1',
  ],
  [
    () => createRandomStream(1, 'permutation', 2 ** 32),
    'createRandomStream: number must be a whole number from 0 to 4294967295, got 4294967296',
  ],
  [
    () => epochOrderInto(new Uint32Array(2), new Uint32Array(3), { batchSize: 1, seed: 1, epoch: 1 }),
    'epochOrderInto: order must have as many values as places (3), got 2',
  ],
  [
    () => epochOrderInto(new Uint32Array(4), new Uint32Array(3), { batchSize: 3, seed: 1, epoch: 1 }),
    'epochOrderInto: order must have as many values as places (3), got 4',
  ],
  [
    () => createRandomStream(1, 'dropout' as Purpose),
    'createRandomStream: purpose must be one of initialization, split, permutation, got dropout',
  ],
  [
    () => createRandomStream(1, 'split').nextBelow(0),
    'nextBelow: n must be a whole number from 1 to 4294967295, got 0',
  ],
  [
    () => createRandomStream(1, 'split').nextBelow(2 ** 32),
    'nextBelow: n must be a whole number from 1 to 4294967295, got 4294967296',
  ],
  [
    () => createNetwork([2, 2], { seed: 1, init: 'xavier' as Initialization }),
    'createNetwork: init must be one of uniform, he, glorot, got xavier',
  ],

  // Samples of D values.
  [() => forward(mnist, zeros(783)), 'forward: x must have D = 784 values per sample, got 783'],
  [
    () => forward(mnist, zeros(785)),
    'forward: x must have D = 784 values per sample, got 785, which is not a multiple',
  ],
  [() => forward(mnist, zeros(0)), 'forward: x must have at least one sample, got none'],
  [() => predict(mnist, zeros(10)), 'forward: x must have D = 784 values per sample, got 10'],
  [
    () => forward({ layers: [2, 2], parameters: zeros(5) }, zeros(2)),
    'forward: parameters must have 6 values for layers 2-2, got 5',
  ],
  [
    () => forward({ layers: [2], parameters: zeros(5) }, zeros(2)),
    'forward: layers must have at least an input and an output size, got [2]',
  ],
  [() => linear(zeros(6), zeros(2), zeros(2)), 'linear: x must have D = 3 values per sample, got 2'],
  [
    () => linear(zeros(6), zeros(2), zeros(4)),
    'linear: x must have D = 3 values per sample, got 4, which is not a multiple',
  ],
  [() => linear(zeros(6), zeros(2), zeros(0)), 'linear: x must have at least one sample, got none'],
  [
    () => linear(zeros(5), zeros(2), zeros(3)),
    'linear: W must have one row per value of b (2), got 5 values',
  ],
  [
    () => linear(zeros(0), zeros(1), zeros(3)),
    'linear: W must have one row per value of b (1), got 0 values',
  ],
  [() => linear(zeros(6), zeros(0), zeros(3)), 'linear: b must have one value per output, got none'],
  [() => linearInto(zeros(3), zeros(6), zeros(2), zeros(6)), 'linearInto: z must have 4 values, got 3'],
  [
    () => linearInto(zeros(2), zeros(6), zeros(2), zeros(2)),
    'linearInto: x must have D = 3 values per sample, got 2',
  ],

  // Samples of C values.
  [() => reluInto(zeros(2), zeros(3)), 'reluInto: a must have 3 values, got 2'],
  [() => reluInto(zeros(2), zeros(1)), 'reluInto: a must have 1 value, got 2'],
  [() => softmax(zeros(0)), 'softmax: z must have at least one sample, got none'],
  [() => softmax(zeros(3), 0), 'softmax: C must be a whole number of at least 1, got 0'],
  [
    () => softmax(zeros(5), 2),
    'softmax: z must have C = 2 values per sample, got 5, which is not a multiple',
  ],
  [() => softmax(zeros(1), 2), 'softmax: z must have C = 2 values per sample, got 1'],
  [() => softmaxInto(zeros(3), zeros(4), 2), 'softmaxInto: a must have 4 values, got 3'],
  [
    () => softmaxInto(zeros(3), zeros(3), 1.5),
    'softmaxInto: C must be a whole number of at least 1, got 1.5',
  ],
  [() => argmax(zeros(0)), 'argmax: a must have at least one sample, got none'],
  [() => argmax(zeros(3), 10), 'argmax: a must have C = 10 values per sample, got 3'],
  [
    () => crossEntropy(zeros(3), [0], 2),
    'crossEntropy: a must have C = 2 values per sample, got 3, which is not a multiple',
  ],
  [
    () => crossEntropyFromLogits(zeros(0), []),
    'crossEntropyFromLogits: z must have at least one sample, got none',
  ],

  // Labels and predictions.
  [() => oneHot([0, 3], 3), 'oneHot: labels[1] must be a whole number from 0 to 2, got 3'],
  [() => oneHot([-1], 3), 'oneHot: labels[0] must be a whole number from 0 to 2, got -1'],
  [() => oneHot([0.5], 3), 'oneHot: labels[0] must be a whole number from 0 to 2, got 0.5'],
  [() => oneHot([Number.NaN], 3), 'oneHot: labels[0] must be a whole number from 0 to 2, got NaN'],
  [() => oneHot([], 0), 'oneHot: C must be a whole number of at least 1, got 0'],
  [
    () => crossEntropy(zeros(4), [0], 2),
    'crossEntropy: labels must have m = 2 values, one per sample (C = 2), got 1',
  ],
  [
    () => crossEntropy(zeros(4), [0, 1]),
    'crossEntropy: labels must have m = 1 value, one per sample (C = 4), got 2',
  ],
  [
    () => crossEntropyFromLogits(zeros(2), [0, 1]),
    'crossEntropyFromLogits: labels must have m = 1 value, one per sample (C = 2), got 2',
  ],
  [
    () => crossEntropyFromLogits(zeros(2), [2]),
    'crossEntropyFromLogits: labels[0] must be a whole number from 0 to 1, got 2',
  ],
  [() => accuracy([1], [1, 2]), 'accuracy: predictions must have as many values as labels (2), got 1'],
  [() => accuracy([], []), 'accuracy: labels must have at least one sample, got none'],
  [
    () => confusionMatrix([1, 1], [1], 2),
    'confusionMatrix: predictions must have as many values as labels (1), got 2',
  ],
  [
    () => confusionMatrix([0], [2], 2),
    'confusionMatrix: labels[0] must be a whole number from 0 to 1, got 2',
  ],
  [
    () => confusionMatrix([2], [0], 2),
    'confusionMatrix: predictions[0] must be a whole number from 0 to 1, got 2',
  ],
  [() => confusionMatrix([], [], -1), 'confusionMatrix: C must be a whole number of at least 1, got -1'],

  // The backward pass.
  [
    () => backward(small, pass, [0]),
    'backward: labels must have m = 2 values, one per sample (C = 2), got 1',
  ],
  [() => backward(small, pass, [0, 2]), 'backward: labels[1] must be a whole number from 0 to 1, got 2'],
  [
    () => backward({ layers: small.layers, parameters: zeros(1) }, pass, [0, 1]),
    'backward: parameters must have 26 values for layers 3-4-2, got 1',
  ],
  [
    () => backward(createNetwork([3, 5, 2], { seed: 1 }), pass, [0, 1]),
    'backward: z1 must have 10 values, got 8',
  ],
  [
    () => backward(createNetwork([2, 4, 2], { seed: 1 }), pass, [0, 1]),
    'backward: x must have 4 values, got 6',
  ],
  [
    () => backward(createNetwork([3, 4, 2, 2], { seed: 1 }), pass, [0, 1]),
    'backward: z3 must have 4 values, got 0',
  ],
  [
    () => backward(small, { ...pass, a: [zeros(7), pass.a[1]!] }, [0, 1]),
    'backward: a1 must have 8 values, got 7',
  ],

  // The step.
  [
    () => sgdStep(zeros(3), zeros(2), { learningRate: 1 }),
    'sgdStep: gradients must have as many values as parameters (3), got 2',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: 1, momentum: 0.9 }),
    'sgdStep: velocity must have as many values as parameters (3), got 0',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: 0 }),
    'sgdStep: learningRate must be a positive number, got 0',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: Infinity }),
    'sgdStep: learningRate must be a positive number, got Infinity',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: Number.NaN }),
    'sgdStep: learningRate must be a positive number, got NaN',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: 1, momentum: 1, velocity: zeros(3) }),
    'sgdStep: momentum must be at least 0 and below 1, got 1',
  ],
  [
    () => sgdStep(zeros(3), zeros(3), { learningRate: 1, momentum: -0.1, velocity: zeros(3) }),
    'sgdStep: momentum must be at least 0 and below 1, got -0.1',
  ],

  // The trace.
  [() => traceStep(small, zeros(6), 0, 0.1), 'traceStep: x must have 3 values, got 6'],
  [() => traceStep(small, zeros(3), 2, 0.1), 'traceStep: label must be a whole number from 0 to 1, got 2'],
  [() => traceStep(small, zeros(3), 1, -0.1), 'traceStep: learningRate must be a positive number, got -0.1'],
  [
    () => traceStep({ layers: [3, 2], parameters: zeros(7) }, zeros(3), 1, 0.1),
    'traceStep: parameters must have 8 values for layers 3-2, got 7',
  ],

  // The gradient check.
  [
    () => gradientCheck(small, zeros(4), [0]),
    'gradientCheck: x must have D = 3 values per sample, got 4, which is not a multiple',
  ],
  [
    () => gradientCheck(small, zeros(3), [2]),
    'gradientCheck: labels[0] must be a whole number from 0 to 1, got 2',
  ],
  [
    () => gradientCheck({ layers: [3, 2], parameters: zeros(7) }, zeros(3), [0]),
    'gradientCheck: parameters must have 8 values for layers 3-2, got 7',
  ],
  [checked({ epsilon: 0 }), 'gradientCheck: epsilon must be a positive number, got 0'],
  [
    checked({ absoluteTolerance: -1 }),
    'gradientCheck: absoluteTolerance must be a number of at least 0, got -1',
  ],
  [
    checked({ relativeTolerance: Number.NaN }),
    'gradientCheck: relativeTolerance must be a number of at least 0, got NaN',
  ],
  [
    checked({ kinkMargin: Infinity }),
    'gradientCheck: kinkMargin must be a number of at least 0, got Infinity',
  ],
  [
    checked({ kinkMargin: 1000 }),
    'gradientCheck: x must have a sample with every hidden |z| at least 1000, got none in 1',
  ],
  [
    checked({ gradientsOf: () => zeros(2) }),
    'gradientCheck: gradients must have as many values as parameters (26), got 2',
  ],
];

describe('a wrong size or value', () => {
  test.each(messages.map(([call, message]) => ({ call, message })))('$message', ({ call, message }) => {
    expect(call).toThrow(new ShapeError(message));
  });

  test('is a RangeError with the code SHAPE', () => {
    expect(messages[0]![0]).toThrow(expect.objectContaining({ name: 'ShapeError', code: 'SHAPE' }));
    expect(messages[0]![0]).toThrow(RangeError);
  });
});
