import {
  addSampleGradient,
  createSampleWorkspace,
  epochOrderInto,
  forwardSample,
  layerViews,
  parameterCount,
  type SampleWorkspace,
} from '@micronn/core';
import { inMemory } from '../data/images.ts';
import { type SampleSet, type Samples, sharedBytes } from '../data/samples.ts';
import {
  type Backend,
  type BackendKind,
  type RunRequest,
  type RunSize,
  type TrainedState,
  withoutData,
} from './backend.ts';
import {
  createControl,
  nextRunId,
  type RunMemory,
  sharedFloats,
  sharedPlaces,
  type TrainingPlan,
} from './memory.ts';
import type { MemoryNeed } from './memory-need.ts';
import { evenRange } from './shards.ts';

/** Core's reference: float64 arithmetic on parameters that are float32 after every step. */
export const referenceBackend: BackendKind = {
  prepare: () => undefined,
  limit: { bytes: Number.POSITIVE_INFINITY, owner: 'this machine' },
  need,
  allocate,
  orderEpoch: (memory, places, order) => epochOrderInto(memory.order, places, order),
  open,
  readState,
  restore,
};

interface ReferenceState {
  /** Number of workers that train: each has shards, and a range of the parameters. */
  readonly trainers: number;
  readonly samples: Samples | undefined;
  readonly parameters: Float64Array;
  readonly velocity: Float64Array;
  /** The shards' gradients, one after another. */
  readonly gradients: Float64Array;
  /** For each shard: the sum of its samples' losses, and the number of correct predictions. */
  readonly shardSums: Float64Array;
}

/** The bytes of the floats below, of each sample's place, loss and prediction, and of images that are read from files. */
function need(size: RunSize): MemoryNeed {
  const network = bytesOf(withoutData(size));
  return { network, data: bytesOf(size) - network };
}

function bytesOf({ plan, train, sets }: RunSize): number {
  const vectors = 1 + (plan.momentum === 0 ? 0 : 1) + plan.shards;
  const evaluated = sets.reduce((sum, { places }) => sum + places.length, 0);
  const inFiles = new Set([...(train ? [train] : []), ...sets].map(({ samples }) => samples));
  for (const samples of inFiles) if (samples.images instanceof Uint8Array) inFiles.delete(samples);
  let images = 0;
  for (const { count, inputs } of inFiles) images += count * inputs;
  return (
    images + 8 * parameterCount(plan.layers) * vectors + 4 * (train?.count ?? 0) + (4 + 8 + 2) * evaluated
  );
}

async function allocate({ plan, parameters, train, sets, workers }: RunRequest): Promise<RunMemory> {
  const count = parameterCount(plan.layers);
  const loaded = new Map<SampleSet, Samples>();
  const load = (set: SampleSet): Samples => {
    const samples = loaded.get(set) ?? inMemory(set);
    loaded.set(set, samples);
    return samples;
  };
  const state: ReferenceState = {
    trainers: Math.min(workers, plan.shards),
    samples: train && load(train.samples),
    parameters: sharedFloats(count),
    velocity: sharedFloats(plan.momentum === 0 ? 0 : count),
    gradients: sharedFloats(count * plan.shards),
    shardSums: sharedFloats(2 * plan.shards),
  };
  state.parameters.set(parameters);
  return {
    id: nextRunId(),
    order: sharedPlaces(new Uint32Array(train?.count ?? 0)),
    totals: sharedFloats(2),
    control: createControl(workers),
    sets: sets.map(({ samples, places }) => ({
      samples: load(samples),
      order: sharedPlaces(places),
      losses: sharedFloats(places.length),
      predictions: new Uint16Array(sharedBytes(2 * places.length).buffer),
    })),
    state,
  };
}

function open(memory: RunMemory, plan: TrainingPlan, worker: number): Backend {
  const { order } = memory;
  const { trainers, samples, parameters, velocity, gradients, shardSums } = memory.state as ReferenceState;
  const { layers, shards, learningRate, momentum } = plan;
  const count = parameterCount(layers);
  const views = layerViews(parameters, layers);
  const workspace = createSampleWorkspace(layers);
  const gradientOf = Array.from({ length: shards }, (_, s) => gradients.subarray(s * count, (s + 1) * count));
  const gradientViews = gradientOf.map((gradient) => layerViews(gradient, layers));

  /**
   * Computes the forward and the backward pass of a shard, order[from … to), and its gradient, which only this worker
   * writes.
   */
  const computeShard = (shard: number, from: number, to: number): void => {
    gradientOf[shard]!.fill(0);
    let loss = 0;
    let correct = 0;
    for (let i = from; i < to; i++) {
      const sample = order[i]!;
      const label = samples!.labels[sample]!;
      loadPixels(workspace, samples!, sample);
      forwardSample(workspace, views, label);
      addSampleGradient(gradientViews[shard]!, workspace, views, label);
      loss += workspace.loss;
      if (workspace.prediction === label) correct++;
    }
    shardSums[2 * shard] = loss;
    shardSums[2 * shard + 1] = correct;
  };

  return {
    // Each shard has a gradient, so a chunk is a minibatch of any size.
    chunkSize: Number.POSITIVE_INFINITY,
    meetsAfterStep: true,
    compute: [
      (chunk) => {
        const mine = evenRange(shards, trainers, worker);
        for (let shard = mine.from; shard < mine.to; shard++) {
          const { from, to } = evenRange(chunk.m, shards, shard);
          computeShard(shard, chunk.from + from, chunk.from + to);
        }
      },
    ],
    sums() {
      let loss = 0;
      let correct = 0;
      for (let shard = 0; shard < shards; shard++) {
        loss += shardSums[2 * shard]!;
        correct += shardSums[2 * shard + 1]!;
      }
      return { loss, correct };
    },
    averageAndStep({ m }) {
      const { from, to } = evenRange(count, trainers, worker);
      for (let k = from; k < to; k++) {
        let gradient = gradients[k]!;
        for (let s = 1; s < shards; s++) gradient += gradients[s * count + k]!;
        gradient /= m;
        if (momentum !== 0) {
          gradient = Math.fround(momentum * velocity[k]! + gradient);
          velocity[k] = gradient;
        }
        parameters[k] = Math.fround(parameters[k]! - learningRate * gradient);
      }
    },
    evaluate(set, from, to) {
      // `allocate` loaded them.
      const evaluated = set.samples as Samples;
      for (let i = from; i < to; i++) {
        const sample = set.order[i]!;
        loadPixels(workspace, evaluated, sample);
        forwardSample(workspace, views, evaluated.labels[sample]!);
        set.losses[i] = workspace.loss;
        set.predictions[i] = workspace.prediction;
      }
    },
  };
}

function readState(memory: RunMemory): TrainedState {
  const { parameters, velocity } = memory.state as ReferenceState;
  return { parameters: Float64Array.from(parameters), velocity: Float64Array.from(velocity) };
}

function restore(memory: RunMemory, { parameters, velocity }: TrainedState): void {
  const state = memory.state as ReferenceState;
  state.parameters.set(parameters);
  state.velocity.set(velocity);
}

/** Pixels are divided by 255, as in the tutorial's notebook. */
const scaled = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

function loadPixels({ x }: SampleWorkspace, { images, inputs }: Samples, sample: number): void {
  const from = sample * inputs;
  for (let j = 0; j < inputs; j++) x[j] = scaled[images[from + j]!]!;
}
