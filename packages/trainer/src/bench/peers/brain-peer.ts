/**
 * brain.js as a peer of `bench`. It has neither minibatches nor softmax nor cross-entropy: it steps after every sample,
 * on the squared error of sigmoids. So its epoch is a different algorithm on the same images. The samples are ordered
 * before the clock starts.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { createRandomStream, permutationInto } from '@micronn/core';
import { answer, readSet, readTask } from './peer-program.ts';

interface Pattern {
  readonly input: Float32Array;
  readonly output: Float32Array;
}

/** The part of brain.js that this program uses; it is not a dependency, so its types may be missing. */
interface Brain {
  readonly NeuralNetwork: new (options: {
    hiddenLayers: number[];
    activation: 'sigmoid';
  }) => {
    learningRate?: number;
    train(patterns: readonly Pattern[], options: object): unknown;
    /** A value per digit: brain.js treats typed arrays as objects. */
    run(input: Float32Array): Readonly<Record<string, number>>;
  };
}

const { folder, task } = readTask();
const load = createRequire(path.join(folder, 'package.json'));
const { NeuralNetwork } = load('brain.js') as Brain;
const { version } = load('brain.js/package.json') as { version: string };

const [inputs, hidden, classes] = task.layers as [number, number, number];
const read = (set: typeof task.train): Pattern[] => {
  const { images, labels } = readSet(set);
  return Array.from({ length: set.count }, (_, i) => ({
    input: Float32Array.from(images.subarray(i * inputs, (i + 1) * inputs), (byte) => byte / 255),
    output: Float32Array.from({ length: classes }, (_value, digit) => (labels[i] === digit ? 1 : 0)),
  }));
};
const train = read(task.train);
const test = read(task.test);
const network = new NeuralNetwork({ hiddenLayers: [hidden], activation: 'sigmoid' });
let epochs = 0;

await answer(
  { brain: version },
  () => {
    const order = new Uint32Array(train.length);
    permutationInto(order, createRandomStream(task.seed, 'permutation', ++epochs));
    const patterns = Array.from(order, (place) => train[place]!);
    const begin = performance.now();
    // One iteration ends before the threshold is checked; brain.js rejects 0.
    network.train(patterns, { iterations: 1, errorThresh: 1e-9, learningRate: task.learningRate });
    return performance.now() - begin;
  },
  () => {
    const digitOf = (values: readonly number[]): number => values.indexOf(Math.max(...values));
    return (
      test.filter(({ input, output }) => digitOf(Object.values(network.run(input))) === digitOf([...output]))
        .length / test.length
    );
  },
);
