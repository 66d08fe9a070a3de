/** Compiled with `strict` against the package's declarations; what must not compile says so. */
import { createNetwork, type ForwardPass, forward, ShapeError, type Trace, traceStep } from '@micronn/core';
import { extractInk, normalizeDigit, normalizeStrokes, type Stroke } from '@micronn/core/digit';
import { createKernelTraining, type KernelTraining } from '@micronn/core/kernels';
import { createRandomStream, type RandomStream } from '@micronn/core/random';
import { forward as sameForward } from '@micronn/core/reference';
import { decodeSafetensors, type Safetensors } from '@micronn/core/safetensors';

const network = createNetwork([3, 2, 2], { seed: 42, init: 'he' });
const x = Float64Array.of(0.5, 0.8, 0.2);
export const trace: Trace = traceStep(network, x, 1, 0.1);
export const pass: ForwardPass = forward(network, x);
export const again: typeof forward = sameForward;
export const stream: RandomStream = createRandomStream(42, 'permutation', 1);
export const file: Safetensors = decodeSafetensors(new Uint8Array());
export const strokes: Stroke[] = [[{ x: 0.2, y: 0.1 }]];
export const digit: Uint8Array | undefined =
  normalizeStrokes(strokes) ?? normalizeDigit(extractInk(new Uint8ClampedArray(4), 1, 1), 1, 1);
export const code: 'SHAPE' = new ShapeError('').code;
export const training: Promise<KernelTraining> = createKernelTraining({
  network,
  images: new Uint8Array(3),
  labels: Uint8Array.of(1),
  batchSize: 1,
  shards: 4,
  seed: 42,
  learningRate: 0.1,
  momentum: 0,
});

// @ts-expect-error -- an array is not a Float64Array
forward(network, [0.5, 0.8, 0.2]);
// @ts-expect-error -- no such initialization
createNetwork([3, 2, 2], { seed: 42, init: 'zero' });
// @ts-expect-error -- no such purpose
createRandomStream(42, 'luck');
// @ts-expect-error -- a learning rate is missing
void createKernelTraining({ network, images: new Uint8Array(3), labels: Uint8Array.of(1) });
