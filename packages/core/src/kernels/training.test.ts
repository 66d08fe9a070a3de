import { goldenDigits } from '@micronn/fixtures';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyKernelRun } from '../../test/any-kernel-run.ts';
import { createNetwork } from '../initialize.ts';
import { layerViews } from '../parameters.ts';
import { epochOrderInto } from '../random/random-stream.ts';
import { backward } from '../reference/backward.ts';
import { forward } from '../reference/forward.ts';
import { crossEntropyFromLogits } from '../reference/loss.ts';
import { argmax } from '../reference/prediction.ts';
import { sgdStep } from '../reference/sgd.ts';
import { ShapeError } from '../shapes.ts';
import { createKernelMemory } from './compile.ts';
import { parallelStrategies } from './layout.ts';
import { createKernelTraining, type KernelTrainingOptions } from './training.ts';

/** The largest difference, relative to the largest value. */
function distance(actual: Float64Array, expected: Float64Array): number {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
  return actual.reduce((farthest, value, k) => Math.max(farthest, Math.abs(value - expected[k]!)), 0) / scale;
}

describe('the kernels against the reference', () => {
  test('one minibatch, any shape, batch and momentum: parameters within 2⁻²⁰ of the largest, loss within 2⁻²⁰', async () => {
    await fc.assert(
      fc.asyncProperty(anyKernelRun, async ({ layers, images, labels, ...run }) => {
        const network = createNetwork(layers, { seed: run.seed, init: 'glorot' });
        const training = await createKernelTraining({ network, images, labels, ...run, learningRate: 0.1 });
        const pixels = Float64Array.from(images, (byte) => byte / 255);
        const loss = crossEntropyFromLogits(forward(network, pixels).z.at(-1)!, labels, layers.at(-1));
        expect(Math.abs(training.evaluate().loss - loss)).toBeLessThanOrEqual(2 ** -20 * Math.max(1, loss));

        training.trainSteps(1);
        const order = new Uint32Array(labels.length);
        epochOrderInto(
          order,
          order.map((_, i) => i),
          { ...run, epoch: 1 },
        );
        const batch = [...order.subarray(0, run.batchSize)];
        const D = layers[0]!;
        const x = Float64Array.from(batch.flatMap((i) => [...pixels.subarray(D * i, D * (i + 1))]));
        const y = batch.map((i) => labels[i]!);
        const expected = network.parameters.slice();
        const { gradients } = backward(network, forward(network, x), y);
        sgdStep(expected, gradients, { learningRate: 0.1 });
        expect(distance(training.network().parameters, expected)).toBeLessThanOrEqual(2 ** -20);
      }),
      { numRuns: 150 },
    );
  });

  test.each(parallelStrategies)(
    '%s, three epochs of minibatches on real digits: parameters within 2⁻¹⁶ of the largest, the same predictions',
    async (parallel) => {
      const images = goldenDigits.pixels();
      const labels = Uint8Array.from(goldenDigits.labels);
      // A batch of 280 samples takes two chunks. 300 samples are the whole set.
      for (const [batchSize, ...layers] of [
        [64, 784, 10, 10],
        [64, 784, 20, 14, 10],
        [64, 784, 21, 10],
        [64, 784, 128, 10],
        [64, 784, 40, 36, 10],
        [280, 784, 10, 10],
        [280, 784, 16, 10],
        [280, 784, 40, 10],
        [280, 784, 40, 36, 10],
        [300, 784, 10, 10],
        [300, 784, 40, 10],
        [300, 784, 44, 36, 10],
        [300, 784, 60, 10],
      ] as const) {
        const network = createNetwork(layers, { seed: 3, init: 'he' });
        const settings = { batchSize, shards: 4, learningRate: 0.1, momentum: 0.5, seed: 9, parallel };
        const training = await createKernelTraining({ network, images, labels, ...settings });
        const order = new Uint32Array(labels.length);
        const places = Uint32Array.from(labels, (_, i) => i);
        const velocity = new Float64Array(network.parameters.length);
        const plain = { layers, parameters: network.parameters.slice() };
        for (let epoch = 1; epoch <= 3; epoch++) {
          training.trainEpoch();
          epochOrderInto(order, places, { ...settings, epoch });
          for (let start = 0; start < order.length; start += settings.batchSize) {
            const batch = [...order.subarray(start, start + settings.batchSize)];
            const x = Float64Array.from(
              batch.flatMap((i) => [...images.subarray(784 * i, 784 * (i + 1))]),
              (byte) => byte / 255,
            );
            const { gradients } = backward(
              plain,
              forward(plain, x),
              batch.map((i) => labels[i]!),
            );
            sgdStep(plain.parameters, gradients, { learningRate: 0.1, momentum: 0.5, velocity });
          }
        }
        expect(distance(training.network().parameters, plain.parameters)).toBeLessThanOrEqual(2 ** -16);
        const probabilities = forward(
          plain,
          Float64Array.from(images, (byte) => byte / 255),
        ).probabilities;
        expect([...training.evaluate().predictions]).toEqual([...argmax(probabilities, 10)]);
      }
    },
  );

  test('saturated softmax: logits hundreds apart give finite losses and the exact difference', async () => {
    const network = createNetwork([2, 3], { seed: 1 });
    const [view] = layerViews(network.parameters, network.layers);
    view!.W.set([500, 0, 0, 500, -400, -400]);
    view!.b.fill(0);
    const images = Uint8Array.of(255, 0, 0, 255);
    const training = await createKernelTraining({
      network,
      images,
      labels: Uint8Array.of(1, 1),
      batchSize: 2,
      shards: 2,
      learningRate: 0.1,
      momentum: 0,
      seed: 1,
    });
    // log Σ e^z − z[label] = 500 − 0 for the first image, and 0 for the second.
    expect(training.evaluate()).toMatchObject({ loss: 250, accuracy: 0.5, predictions: Uint8Array.of(0, 1) });
  });

  test('denormal weights and activations: the loss within 2⁻²⁰', async () => {
    const network = createNetwork([4, 5, 3], { seed: 1 });
    network.parameters.forEach((value, k) => {
      network.parameters[k] = Math.fround(value * 2 ** -130);
    });
    const images = Uint8Array.of(1, 2, 3, 255);
    const training = await createKernelTraining({
      network,
      images,
      labels: Uint8Array.of(2),
      batchSize: 1,
      shards: 2,
      learningRate: 0.1,
      momentum: 0,
      seed: 1,
    });
    expect(Math.abs(training.evaluate().loss - Math.log(3))).toBeLessThanOrEqual(2 ** -20);
  });

  test('a parameter that is NaN or infinite reaches the loss', async () => {
    for (const bad of [Number.NaN, Infinity]) {
      const network = createNetwork([3, 4, 2], { seed: 1 });
      network.parameters[0] = bad;
      const training = await createKernelTraining({
        network,
        images: Uint8Array.of(9, 9, 9),
        labels: Uint8Array.of(1),
        batchSize: 1,
        shards: 2,
        learningRate: 0.1,
        momentum: 0,
        seed: 1,
      });
      expect(Number.isFinite(training.evaluate().loss)).toBe(false);
    }
  });
});

test('shared and unshared memory give the same bits', async () => {
  const images = goldenDigits.pixels();
  const labels = Uint8Array.from(goldenDigits.labels);
  const network = createNetwork([784, 33, 10], { seed: 5, init: 'he' });
  const run = async (shared: boolean) => {
    const training = await createKernelTraining({
      network,
      images,
      labels,
      batchSize: 32,
      shards: 2,
      learningRate: 0.1,
      momentum: 0.9,
      seed: 5,
      shared,
    });
    return [training.trainEpoch(), training.trainEpoch(), training.network().parameters];
  };
  expect(await run(true)).toEqual(await run(false));
});

/** Valid options, for tests that make one of them invalid. */
const run = {
  network: createNetwork([4, 2], { seed: 1 }),
  images: new Uint8Array(8),
  labels: new Uint8Array(2),
  batchSize: 2,
  shards: 2,
  learningRate: 0.1,
  momentum: 0,
  seed: 1,
};

test('a thousand classes: labels and predictions are words, and are learned', async () => {
  const C = 1000;
  // Of each class one image: its number in base 10, a column of ten pixels for each of three digits.
  const images = Uint8Array.from({ length: 30 * C }, (_, k) => {
    const [label, pixel] = [Math.floor(k / 30), k % 30];
    return Math.floor(label / 10 ** Math.floor(pixel / 10)) % 10 === pixel % 10 ? 255 : 0;
  });
  const labels = Uint16Array.from({ length: C }, (_, label) => label);
  const training = await createKernelTraining({
    network: createNetwork([30, C], { seed: 1, init: 'glorot' }),
    images,
    labels,
    batchSize: 100,
    shards: 2,
    learningRate: 2,
    momentum: 0.9,
    seed: 1,
  });
  for (let epoch = 0; epoch < 60; epoch++) training.trainEpoch();
  const { accuracy, predictions } = training.evaluate();
  expect(predictions).toBeInstanceOf(Uint16Array);
  expect(accuracy).toBeGreaterThan(0.99);
  const { layers } = training.network();
  const { probabilities } = forward(
    training.network(),
    Float64Array.from(images, (byte) => byte / 255),
  );
  expect([...predictions]).toEqual([...argmax(probabilities, layers.at(-1))]);
});

test('more classes than a word can number are refused', async () => {
  const C = 65_537;
  const options = {
    images: Uint8Array.of(255),
    labels: Uint16Array.of(0),
    batchSize: 1,
    shards: 1,
    learningRate: 1,
    momentum: 0,
    seed: 1,
  };
  const network = createNetwork([1, C], { seed: 1 });
  await expect(createKernelTraining({ network, ...options })).rejects.toThrow(
    `layoutNetwork: layers[1] must be a whole number from 1 to 65536, got ${C}`,
  );
});

test('wrong sizes and labels are rejected with a message', async () => {
  await expect(createKernelTraining({ ...run, images: new Uint8Array(7) })).rejects.toThrow(
    'createKernelTraining: images must have D = 4 values per sample, got 7',
  );
  await expect(createKernelTraining({ ...run, labels: Uint8Array.of(0, 2) })).rejects.toThrow(
    'createKernelTraining: labels[1] must be a whole number from 0 to 1, got 2',
  );
  const large = { network: createNetwork([64_001, 2], { seed: 1 }), images: new Uint8Array(128_002) };
  await expect(createKernelTraining({ ...run, ...large })).rejects.toThrow(
    'layoutNetwork: layers[0] must be a whole number from 1 to 64000, got 64001',
  );
});

describe('invalid options are rejected before training begins', () => {
  const rates = [Number.NaN, undefined, 0, -0.1, Infinity] as number[];
  const momenta = [Number.NaN, undefined, -0.1, 1, 2] as number[];
  const seeds = [Number.NaN, undefined, -1, 0.5, 2 ** 53] as number[];
  const bytes = (images: unknown) => ({ images: images as Uint8Array });

  test.each<[Partial<KernelTrainingOptions>, string]>([
    ...rates.map((learningRate): [object, string] => [
      { learningRate },
      `learningRate must be a positive number, got ${learningRate}`,
    ]),
    [{ learningRate: 1e40 }, 'learningRate as float32 must be a positive number, got Infinity'],
    [{ learningRate: 1e-50 }, 'learningRate as float32 must be a positive number, got 0'],
    ...momenta.map((momentum): [object, string] => [
      { momentum },
      `momentum must be at least 0 and below 1, got ${momentum}`,
    ]),
    [{ momentum: 1 - 2 ** -30 }, 'momentum as float32 must be at least 0 and below 1, got 1'],
    // Also for a full batch, where nothing is drawn.
    ...[1, 2].flatMap((batchSize) =>
      seeds.map((seed): [object, string] => [
        { batchSize, seed },
        `seed must be a whole number from 0 to 9007199254740991, got ${seed}`,
      ]),
    ),
    [{ batchSize: 0 }, 'batchSize must be a whole number from 1 to 9007199254740991, got 0'],
    [{ parallel: 'columns' as 'data' }, 'parallel must be one of data, rows, got columns'],
    [{ shards: 0 }, 'shards must be a whole number from 1 to 1024, got 0'],
    [{ shards: 1025 }, 'shards must be a whole number from 1 to 1024, got 1025'],
    [bytes(new Float32Array(8)), 'images must be bytes in a Uint8Array, got Float32Array'],
    [bytes(new Int8Array(8)), 'images must be bytes in a Uint8Array, got Int8Array'],
    [bytes([0, 0, 0, 0, 0, 0, 0, 0]), 'images must be bytes in a Uint8Array, got Array'],
    [bytes(undefined), 'images must be bytes in a Uint8Array, got Undefined'],
    [
      { network: { layers: [4, 2], parameters: new Float64Array(9) } },
      'parameters must have 10 values for layers 4-2, got 9',
    ],
  ])('%o: %s', async (options, sentence) => {
    await expect(createKernelTraining({ ...run, ...options })).rejects.toThrow(
      new ShapeError(`createKernelTraining: ${sentence}`),
    );
  });

  test('memory of 0 bytes or more than 4 GiB', () => {
    for (const size of [0, 2 ** 32 + 1, Number.NaN]) {
      expect(() => createKernelMemory(size, { shared: false })).toThrow(
        new ShapeError(`createKernelMemory: bytes must be a whole number from 1 to 4294967296, got ${size}`),
      );
    }
  });
});

describe('steps', () => {
  const setup = {
    images: goldenDigits.pixels(),
    labels: Uint8Array.from(goldenDigits.labels),
    network: createNetwork([784, 10, 10], { seed: 3 }),
    batchSize: 64,
    shards: 2,
    learningRate: 0.1,
    momentum: 0.5,
    seed: 3,
  };

  test('give the same bits as whole epochs, however the epochs are divided, and trainEpoch completes a begun epoch', async () => {
    const whole = await createKernelTraining(setup);
    const [first] = [whole.trainEpoch(), whole.trainEpoch(), whole.trainEpoch()];
    const cut = await createKernelTraining(setup);
    // 300 images in batches of 64: five steps per epoch, the last of 44 images.
    const parts = [cut.trainSteps(2), cut.trainSteps(3)];
    expect(parts.map(({ samples }) => samples)).toEqual([128, 172]);
    const loss = parts.reduce((sum, part) => sum + part.loss * part.samples, 0) / 300;
    expect(Math.abs(loss - first.loss)).toBeLessThan(1e-12);
    cut.trainSteps(7);
    cut.trainEpoch();
    expect(cut.network()).toEqual(whole.network());
  });

  test('must be at least one', async () => {
    const training = await createKernelTraining(setup);
    expect(() => training.trainSteps(0)).toThrow('trainSteps: steps must be a whole number from 1 to');
    expect(() => training.trainSteps(1.5)).toThrow('trainSteps: steps must be a whole number from 1 to');
  });
});
