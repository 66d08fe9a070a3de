import type { Network } from '../parameters.ts';
import { epochOrderInto } from '../random/random-stream.ts';
import {
  assertBelowOne,
  assertBytes,
  assertClasses,
  assertParameters,
  assertPositive,
  assertSeed,
  assertWholeNumber,
  sampleCount,
} from '../shapes.ts';
import { compileKernels } from './compile.ts';
import type { ParallelStrategy } from './layout.ts';
import type { KernelSettings } from './plan.ts';
import { createKernelRun, readState } from './run.ts';
import { createKernelWorker } from './worker.ts';

/** What is trained on, from where, and how. */
export interface KernelTrainingOptions {
  /** Where training begins; it is not changed. */
  readonly network: Network;
  /** m images of D bytes one after another; a pixel's value is its byte divided by 255. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** A whole number from 1 on; a batch as large as the set, or larger, is all of it. */
  readonly batchSize: number;
  /**
   * How often a minibatch, and the first layer, can be shared out, from 1 to 1024. The last bits of the result depend
   * on it, so it is part of a run even where one thread does everything.
   */
  readonly shards: number;
  /** α, above 0 as a float32, and finite. */
  readonly learningRate: number;
  /** μ from [0, 1), as a float32; 0 for plain gradient descent. */
  readonly momentum: number;
  /** How the shards of a minibatch become a step; the last bits of the result depend on it. `data` if left out. */
  readonly parallel?: ParallelStrategy;
  /** A whole number from 0 to 2⁵³ − 1, for the order of the samples. */
  readonly seed: number;
  /** Memory that threads could share; where that is not to be had, the bits are the same without. */
  readonly shared?: boolean;
}

/** Loss and share of hits of a set, or of an epoch's samples, each as it was in its own minibatch. */
export interface KernelEvaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** Training with the kernels on one thread: in a page's worker, or in a test. */
export interface KernelTraining {
  /** Trains the next epoch, whose order is drawn from (seed, epoch); one that trainSteps began goes on to its end. */
  trainEpoch(): KernelEvaluation;
  /**
   * Trains the next minibatches, into a new epoch where one ends: the same bits, however an epoch is cut into steps.
   *
   * @throws ShapeError when `steps` is no whole number from 1 on
   */
  trainSteps(steps: number): KernelEvaluation & { readonly samples: number };
  /** Loss and accuracy of the training samples as the network stands, and the predictions. */
  evaluate(): KernelEvaluation & { readonly predictions: Uint8Array };
  /** The network as it stands: every parameter is a float32. */
  network(): Network;
}

/**
 * Lays a run out in memory and compiles the kernels for it.
 *
 * The same options give the same bits as the trainer's command, on any machine and in any browser.
 *
 * @throws ShapeError when parameters do not fit the layers, these have more than 64,000 inputs or the run needs more than
 *   4 GiB; when images are no bytes or no whole samples, or labels not one class per sample; when batchSize, shards or
 *   seed is none; or when α or μ is out of range, as a number or as a float32
 */
export async function createKernelTraining(options: KernelTrainingOptions): Promise<KernelTraining> {
  const {
    network,
    images,
    labels,
    batchSize,
    shards,
    seed,
    learningRate,
    momentum,
    parallel = 'data',
    shared = false,
  } = options;
  const { layers } = network;
  const place = 'createKernelTraining';
  assertParameters(place, network.parameters, layers);
  assertBytes(place, 'images', images);
  const count = sampleCount(place, 'images', images, 'D', layers[0]!);
  assertClasses(place, 'labels', labels, count, layers.at(-1)!);
  assertWholeNumber(place, 'batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER);
  assertWholeNumber(place, 'shards', shards, 1, 1024);
  assertSeed(place, seed);
  assertPositive(place, 'learningRate', learningRate);
  assertPositive(place, 'learningRate as float32', Math.fround(learningRate));
  assertBelowOne(place, 'momentum', momentum);
  assertBelowOne(place, 'momentum as float32', Math.fround(momentum));

  const settings: KernelSettings = { layers, parallel, batchSize, shards, learningRate, momentum };
  const samples = { images, labels };
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  const run = await createKernelRun(
    {
      settings,
      parameters: network.parameters,
      train: { samples, count },
      sets: [{ samples, places }],
      workers: 1,
    },
    { shared, module: compileKernels({ shared }) },
  );
  const worker = createKernelWorker(run, 0);
  const { plan } = run;
  const { buffer } = run.memory;
  const set = plan.sets[0]!;
  const order = new Uint32Array(buffer, plan.order, count);
  let epoch = 0;
  // Where the next minibatch of the epoch begins; at its end, the next epoch does.
  let position = count;

  /** Trains minibatches as long as there is one that is wanted. */
  function train(isWanted: (steps: number) => boolean): KernelEvaluation & { readonly samples: number } {
    let loss = 0;
    let correct = 0;
    let trained = 0;
    for (let steps = 0; isWanted(steps); steps++) {
      if (position >= count) {
        epoch++;
        epochOrderInto(order, places, { batchSize, seed, epoch });
        position = 0;
      }
      const m = Math.min(batchSize, count - position);
      const end = position + m;
      for (let from = position; from < end; from += worker.chunkSize) {
        const to = Math.min(from + worker.chunkSize, end);
        const chunk = { from, to, m, first: from === position, last: to === end };
        for (const compute of worker.compute) compute(chunk);
        const sums = worker.sums(chunk);
        loss += sums.loss;
        correct += sums.correct;
        worker.averageAndStep(chunk);
      }
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
      const predictions = new Uint8Array(buffer, set.predictions, count).slice();
      let loss = 0;
      let correct = 0;
      for (let i = 0; i < count; i++) {
        loss += losses[i]!;
        if (predictions[i] === labels[i]) correct++;
      }
      return { loss: loss / count, accuracy: correct / count, predictions };
    },
    network: () => ({ layers, parameters: readState(run).parameters }),
  };
}
