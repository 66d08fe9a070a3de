import type { Network } from '../parameters.ts';
import {
  assertBelowOne,
  assertBytes,
  assertClasses,
  assertOneOf,
  assertParameters,
  assertPositive,
  assertSeed,
  assertWholeNumber,
  sampleCount,
} from '../shapes.ts';
import { compileKernels } from './compile.ts';
import type { Labels } from './labels.ts';
import { type ParallelStrategy, parallelStrategies } from './layout.ts';
import { imagesIn, makeLists } from './lists.ts';
import { orderEpoch } from './order.ts';
import type { KernelSettings } from './plan.ts';
import { createKernelRun, type KernelRun, readState } from './run.ts';
import { createKernelWorker, type KernelWorker } from './worker.ts';

/** The training set, the first parameters and the settings. */
export interface KernelTrainingOptions {
  /** The first parameters; training does not change this network. */
  readonly network: Network;
  /** m images of D bytes one after another; the value of a pixel is its byte divided by 255. */
  readonly images: Uint8Array;
  /** A class from 0 to C − 1 for each image: bytes, or words where C is above 256. */
  readonly labels: Labels;
  /** A whole number from 1 on; a size of the whole set or above means full batch. */
  readonly batchSize: number;
  /**
   * The number of shards of a minibatch, and of segments of the first layer, from 1 to 1024. The last bits of the
   * result depend on it, so it belongs to the run even on one thread.
   */
  readonly shards: number;
  /** α, above 0 as a float32, and finite. */
  readonly learningRate: number;
  /** μ from [0, 1), as a float32; 0 for plain gradient descent. */
  readonly momentum: number;
  /** The strategy, by default `data`; the last bits of the result depend on it. */
  readonly parallel?: ParallelStrategy;
  /** A whole number from 0 to 2⁵³ − 1, for the order of the samples. */
  readonly seed: number;
  /** Whether to use memory that threads can share; the bits are the same without. */
  readonly shared?: boolean;
}

/**
 * Loss and accuracy of a set, or of an epoch's samples, where each sample is evaluated in its own minibatch, before
 * the step.
 */
export interface KernelEvaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** Training with the kernels on one thread, in a page's worker or in a test. */
export interface KernelTraining {
  /**
   * Trains the next epoch, whose order depends on (seed, epoch) alone, or the rest of an epoch that trainSteps began.
   */
  trainEpoch(): KernelEvaluation;
  /**
   * Trains the next minibatches; at the end of an epoch, the next one begins. However an epoch is divided into steps,
   * the bits are the same.
   *
   * @throws ShapeError when `steps` is not a whole number from 1 on
   */
  trainSteps(steps: number): KernelEvaluation & { readonly samples: number };
  /** Loss, accuracy and predictions of the training samples with the current network. */
  evaluate(): KernelEvaluation & { readonly predictions: Labels };
  /** The current network; every parameter is a float32. */
  network(): Network;
}

/** Checks the options of {@link createKernelTraining}; returns the number of samples. */
function assertOptions(options: KernelTrainingOptions): number {
  const { network, images, labels, batchSize, shards, seed, learningRate, momentum } = options;
  const { layers } = network;
  const place = 'createKernelTraining';
  assertParameters(place, network.parameters, layers);
  assertBytes(place, 'images', images);
  const count = sampleCount(place, 'images', images, 'D', layers[0]!);
  assertClasses(place, 'labels', labels, count, layers.at(-1)!);
  assertWholeNumber(place, 'batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER);
  assertWholeNumber(place, 'shards', shards, 1, 1024);
  assertSeed(place, seed);
  assertOneOf(place, 'parallel', options.parallel ?? 'data', parallelStrategies);
  assertPositive(place, 'learningRate', learningRate);
  assertPositive(place, 'learningRate as float32', Math.fround(learningRate));
  assertBelowOne(place, 'momentum', momentum);
  assertBelowOne(place, 'momentum as float32', Math.fround(momentum));
  return count;
}

/** One step by the only worker, on the m samples order[start … start + m): sum of the losses, and number of hits. */
function trainMinibatch(worker: KernelWorker, start: number, m: number): { loss: number; correct: number } {
  let loss = 0;
  let correct = 0;
  for (let from = start; from < start + m; from += worker.chunkSize) {
    const to = Math.min(from + worker.chunkSize, start + m);
    const chunk = { from, to, m, first: from === start, last: to === start + m };
    for (const compute of worker.compute) compute(chunk);
    const sums = worker.sums(chunk);
    loss += sums.loss;
    correct += sums.correct;
    worker.averageAndStep(chunk);
  }
  return { loss, correct };
}

/** The run of {@link createKernelTraining}: all samples train, and all are evaluated. */
function createRun(options: KernelTrainingOptions, count: number, places: Uint32Array): Promise<KernelRun> {
  const { network, images, labels, batchSize, shards, learningRate, momentum } = options;
  const { parallel = 'data', shared = false } = options;
  const { layers, parameters } = network;
  const settings: KernelSettings = { layers, parallel, batchSize, shards, learningRate, momentum };
  const samples = { labels };
  const read = imagesIn(images, layers[0]!);
  return createKernelRun(
    { settings, parameters, train: { samples, count }, sets: [{ samples, places }], workers: 1 },
    {
      shared,
      module: compileKernels({ shared }),
      makeLists: (task) => makeLists(task, read, 0, count),
    },
  );
}

/**
 * Creates a run on one thread and compiles the kernels for it.
 *
 * The same options give the same bits as the trainer's command, on any machine and in any browser.
 *
 * @throws ShapeError when the parameters do not fit the layers, the layers have more than 64,000 inputs or 65,536 classes, or the run
 *   needs more than 4 GiB; when images are not bytes or not whole samples, or labels are not one class per sample;
 *   when batchSize, shards or seed is not a whole number in its range; when parallel is not a strategy; or when α or μ is out of range, as a number or
 *   as a float32
 */
export async function createKernelTraining(options: KernelTrainingOptions): Promise<KernelTraining> {
  const { network, labels, batchSize, seed } = options;
  const { layers } = network;
  const count = assertOptions(options);
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  const run = await createRun(options, count, places);
  const worker = createKernelWorker(run, 0);
  const { plan } = run;
  const { buffer } = run.memory;
  const set = plan.sets[0]!;
  let epoch = 0;
  // Where the next minibatch begins; at the end of the epoch, the next epoch begins.
  let position = count;

  /** Trains minibatches while `isWanted` holds for the number of steps done. */
  function train(isWanted: (steps: number) => boolean): KernelEvaluation & { readonly samples: number } {
    let loss = 0;
    let correct = 0;
    let trained = 0;
    for (let steps = 0; isWanted(steps); steps++) {
      if (position >= count) {
        epoch++;
        orderEpoch(run, places, { seed, epoch });
        position = 0;
      }
      const m = Math.min(batchSize, count - position);
      const sums = trainMinibatch(worker, position, m);
      loss += sums.loss;
      correct += sums.correct;
      position += m;
      trained += m;
    }
    return { loss: loss / trained, accuracy: correct / trained, samples: trained };
  }

  return {
    trainEpoch() {
      const { loss, accuracy } = train((steps) => steps === 0 || position < count);
      return { loss, accuracy };
    },
    trainSteps(steps) {
      assertWholeNumber('trainSteps', 'steps', steps, 1, Number.MAX_SAFE_INTEGER);
      return train((done) => done < steps);
    },
    evaluate() {
      worker.evaluate(set, 0, count);
      const losses = new Float32Array(buffer, set.losses, count);
      const words = new Uint16Array(buffer, set.predictions, count);
      const predictions = layers.at(-1)! <= 256 ? Uint8Array.from(words) : words.slice();
      const loss = losses.reduce((sum, each) => sum + each, 0) / count;
      const correct = words.filter((prediction, i) => prediction === labels[i]).length;
      return { loss, accuracy: correct / count, predictions };
    },
    network: () => ({ layers, parameters: readState(run).parameters }),
  };
}
