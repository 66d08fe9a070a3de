/**
 * TensorFlow.js with its WebAssembly backend as a peer of `bench`: a network with one hidden layer, float32, as one
 * would write it with its optimizer. The batches are gathered within the epoch; its order is drawn before the clock
 * starts, as micronn's is.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { createRandomStream, permutationInto } from '@micronn/core';
import { answer, readSet, readTask } from './peer-program.ts';

/** As much of TensorFlow.js as is used here; it is no dependency, so its own types may not be there. */
interface Tensor {
  matMul(other: Tensor): Tensor;
  add(other: Tensor): Tensor;
  relu(): Tensor;
  div(by: number): Tensor;
  argMax(axis: number): Tensor;
  gather(places: Tensor): Tensor;
  dataSync(): Float32Array | Int32Array;
  dispose(): void;
}
interface Tensorflow {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  tensor1d(values: Int32Array, type: 'int32'): Tensor;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  oneHot(labels: Tensor, classes: number): Tensor;
  cast(tensor: Tensor, type: 'float32'): Tensor;
  randomUniform(shape: number[], from: number, to: number, type: 'float32', seed: number): Tensor;
  randomNormal(shape: number[], mean: number, deviation: number, type: 'float32', seed: number): Tensor;
  zeros(shape: number[]): Tensor;
  variable(tensor: Tensor): Tensor;
  tidy<Result>(compute: () => Result): Result;
  readonly losses: { softmaxCrossEntropy(onehot: Tensor, logits: Tensor): Tensor };
  readonly train: { sgd(learningRate: number): { minimize(loss: () => Tensor): void } };
}

const { folder, task } = readTask();
const load = createRequire(path.join(folder, 'package.json'));
const tf = load('@tensorflow/tfjs') as Tensorflow;
load('@tensorflow/tfjs-backend-wasm');
if (!(await tf.setBackend('wasm'))) throw new Error('expected the wasm backend, it did not start');

const [inputs, hidden, classes] = task.layers as [number, number, number];
const { seed, init } = task;
const draw = (shape: number[], fanIn: number, which: number): Tensor => {
  if (init !== 'he') return tf.variable(tf.randomUniform(shape, -0.5, 0.5, 'float32', seed + which));
  if (shape.length === 1) return tf.variable(tf.zeros(shape));
  return tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn), 'float32', seed + which));
};
const W1 = draw([inputs, hidden], inputs, 0);
const b1 = draw([hidden], inputs, 1);
const W2 = draw([hidden, classes], hidden, 2);
const b2 = draw([classes], hidden, 3);
const logits = (x: Tensor): Tensor => x.matMul(W1).add(b1).relu().matMul(W2).add(b2);

const scaled = (images: Uint8Array): Tensor =>
  tf.tensor2d(
    Float32Array.from(images, (byte) => byte / 255),
    [images.length / inputs, inputs],
  );
const train = readSet(task.train);
const test = readSet(task.test);
const x = scaled(train.images);
const onehot = tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(train.labels), 'int32'), classes), 'float32');
const testX = scaled(test.images);
const optimizer = tf.train.sgd(task.learningRate);
let epochs = 0;

await answer(
  { tfjs: tf.version.tfjs },
  () => {
    const order = new Uint32Array(task.train.count);
    permutationInto(order, createRandomStream(seed, 'permutation', ++epochs));
    const places = Int32Array.from(order);
    const begin = performance.now();
    for (let start = 0; start < places.length; start += task.batchSize) {
      tf.tidy(() => {
        const batch = tf.tensor1d(places.subarray(start, start + task.batchSize), 'int32');
        optimizer.minimize(() =>
          tf.losses.softmaxCrossEntropy(onehot.gather(batch), logits(x.gather(batch))),
        );
      });
    }
    // What is still to be computed is computed when it is read.
    b2.dataSync();
    return performance.now() - begin;
  },
  () => {
    const digits = tf.tidy(() => logits(testX).argMax(1).dataSync());
    return test.labels.filter((label, i) => label === digits[i]).length / test.labels.length;
  },
);
