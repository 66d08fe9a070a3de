/**
 * TensorFlow.js with its WebAssembly backend as a peer of `bench`: one hidden layer, float32. Two variants:
 *
 * - optimizer: as in its guides, with its gather, its gradients and its optimizer.
 * - by-hand: the fastest version we found, with hand-written gradients and batches assembled in JavaScript.
 *
 * The batches are assembled within the timed epoch; its order is drawn before, as for micronn.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { createRandomStream, permutationInto } from '@micronn/core';
import { answer, readSet, readTask } from './peer-program.ts';

/** The part of TensorFlow.js that this program uses; it is not a dependency, so its types may be missing. */
interface Tensor {
  matMul(other: Tensor, transposeThis?: boolean, transposeOther?: boolean): Tensor;
  sub(other: Tensor): Tensor;
  mul(by: Tensor | number): Tensor;
  softmax(): Tensor;
  step(): Tensor;
  sum(axis: number): Tensor;
  add(other: Tensor): Tensor;
  relu(): Tensor;
  argMax(axis: number): Tensor;
  gather(places: Tensor): Tensor;
  dataSync(): Float32Array | Int32Array;
}
interface Variable extends Tensor {
  assign(value: Tensor): void;
}
interface Tensorflow {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  tensor1d(values: Int32Array, type: 'int32'): Tensor;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  randomUniform(shape: number[], from: number, to: number, type: 'float32', seed: number): Tensor;
  randomNormal(shape: number[], mean: number, deviation: number, type: 'float32', seed: number): Tensor;
  zeros(shape: number[]): Tensor;
  variable(tensor: Tensor): Variable;
  tidy<Result>(compute: () => Result): Result;
  readonly losses: { softmaxCrossEntropy(onehot: Tensor, logits: Tensor): Tensor };
  readonly train: { sgd(learningRate: number): { minimize(loss: () => Tensor): void } };
}

const { folder, kind, task } = readTask();
const load = createRequire(path.join(folder, 'package.json'));
const tf = load('@tensorflow/tfjs') as Tensorflow;
load('@tensorflow/tfjs-backend-wasm');
if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend of TensorFlow.js did not start');

const [inputs, hidden, classes] = task.layers as [number, number, number];
const { seed, init } = task;
const draw = (shape: number[], fanIn: number, which: number): Variable => {
  if (init !== 'he') return tf.variable(tf.randomUniform(shape, -0.5, 0.5, 'float32', seed + which));
  if (shape.length === 1) return tf.variable(tf.zeros(shape));
  return tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn), 'float32', seed + which));
};
const W1 = draw([inputs, hidden], inputs, 0);
const b1 = draw([hidden], inputs, 1);
const W2 = draw([hidden, classes], hidden, 2);
const b2 = draw([classes], hidden, 3);
const logits = (x: Tensor): Tensor => x.matMul(W1).add(b1).relu().matMul(W2).add(b2);

const train = readSet(task.train);
const test = readSet(task.test);
const scale = (images: Uint8Array): Float32Array => {
  const values = new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) values[i] = images[i]! / 255;
  return values;
};
const pixels = scale(train.images);
const x = tf.tensor2d(pixels, [task.train.count, inputs]);
const onehots = new Float32Array(task.train.count * classes);
for (const [i, label] of train.labels.entries()) onehots[i * classes + label] = 1;
const onehot = tf.tensor2d(onehots, [task.train.count, classes]);
const testX = tf.tensor2d(scale(test.images), [task.test.count, inputs]);
const optimizer = tf.train.sgd(task.learningRate);

function stepWithOptimizer(places: Int32Array): void {
  const batch = tf.tensor1d(places, 'int32');
  const X = x.gather(batch);
  const Y = onehot.gather(batch);
  optimizer.minimize(() => tf.losses.softmaxCrossEntropy(Y, logits(X)));
}

/** Assembles the rows of a batch in JavaScript, which is faster than the backend's gather. */
function rowsOf(values: Float32Array, width: number, places: Int32Array): Tensor {
  const rows = new Float32Array(places.length * width);
  for (const [k, place] of places.entries())
    rows.set(values.subarray(place * width, (place + 1) * width), k * width);
  return tf.tensor2d(rows, [places.length, width]);
}

function stepByHand(places: Int32Array): void {
  const X = rowsOf(pixels, inputs, places);
  const Y = rowsOf(onehots, classes, places);
  const a1 = X.matMul(W1).add(b1).relu();
  const a2 = a1.matMul(W2).add(b2).softmax();
  const dz2 = a2.sub(Y).mul(task.learningRate / places.length);
  const dz1 = dz2.matMul(W2, false, true).mul(a1.step());
  W2.assign(W2.sub(a1.matMul(dz2, true, false)));
  b2.assign(b2.sub(dz2.sum(0)));
  W1.assign(W1.sub(X.matMul(dz1, true, false)));
  b1.assign(b1.sub(dz1.sum(0)));
}

const step = kind === 'optimizer' ? stepWithOptimizer : stepByHand;
let epochs = 0;

await answer(
  { tfjs: tf.version.tfjs },
  () => {
    const order = new Uint32Array(task.train.count);
    permutationInto(order, createRandomStream(seed, 'permutation', ++epochs));
    const places = Int32Array.from(order);
    const begin = performance.now();
    for (let start = 0; start < places.length; start += task.batchSize)
      tf.tidy(() => step(places.subarray(start, start + task.batchSize)));
    // Reading a value forces pending computations.
    b2.dataSync();
    return performance.now() - begin;
  },
  () => {
    const digits = tf.tidy(() => logits(testX).argMax(1).dataSync());
    return test.labels.filter((label, i) => label === digits[i]).length / test.labels.length;
  },
);
