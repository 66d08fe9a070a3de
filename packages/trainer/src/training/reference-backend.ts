import {
  addSampleGradient,
  createSampleWorkspace,
  forwardSample,
  layerViews,
  parameterCount,
  type SampleWorkspace,
} from '@micronn/core';
import { type Samples, sharedBytes } from '../data/samples.ts';
import type { Backend, BackendKind, RunRequest, TrainedState } from './backend.ts';
import {
  createControl,
  nextRunId,
  type RunMemory,
  sharedFloats,
  sharedPlaces,
  type TrainingPlan,
} from './memory.ts';
import { evenRange } from './shards.ts';

/** Core's reference: float64 arithmetic on parameters that are float32 after every step. */
export const referenceBackend: BackendKind = {
  prepare: () => undefined,
  allocate,
  open,
  readParameters,
  readVelocity,
  restore,
};

interface ReferenceState {
  readonly samples: Samples | undefined;
  readonly parameters: Float64Array;
  readonly velocity: Float64Array;
  /** One sum of gradients per shard, one after another. */
  readonly slots: Float64Array;
  /** Of each shard: the sum of its samples' losses, and the number predicted right. */
  readonly shardSums: Float64Array;
}

async function allocate({ plan, parameters, train, sets, workers }: RunRequest): Promise<RunMemory> {
  const count = parameterCount(plan.layers);
  const state: ReferenceState = {
    samples: train?.samples,
    parameters: sharedFloats(count),
    velocity: sharedFloats(plan.momentum === 0 ? 0 : count),
    slots: sharedFloats(count * plan.shards),
    shardSums: sharedFloats(2 * plan.shards),
  };
  state.parameters.set(parameters);
  return {
    id: nextRunId(),
    order: sharedPlaces(new Uint32Array(train?.count ?? 0)),
    totals: sharedFloats(2),
    control: createControl(workers),
    sets: sets.map(({ samples, places }) => ({
      samples,
      order: sharedPlaces(places),
      losses: sharedFloats(places.length),
      predictions: sharedBytes(places.length),
    })),
    state,
  };
}

function open(memory: RunMemory, plan: TrainingPlan): Backend {
  const { order } = memory;
  const { samples, parameters, velocity, slots, shardSums } = memory.state as ReferenceState;
  const { layers, shards, learningRate, momentum } = plan;
  const count = parameterCount(layers);
  const views = layerViews(parameters, layers);
  const workspace = createSampleWorkspace(layers);
  const slotOf = Array.from({ length: shards }, (_, s) => slots.subarray(s * count, (s + 1) * count));
  const slotViews = slotOf.map((slot) => layerViews(slot, layers));

  const sumShard = (shard: number, from: number, to: number): void => {
    slotOf[shard]!.fill(0);
    let loss = 0;
    let correct = 0;
    for (let i = from; i < to; i++) {
      const sample = order[i]!;
      const label = samples!.labels[sample]!;
      loadPixels(workspace, samples!, sample);
      forwardSample(workspace, views, label);
      addSampleGradient(slotViews[shard]!, workspace, views, label);
      loss += workspace.loss;
      if (workspace.prediction === label) correct++;
    }
    shardSums[2 * shard] = loss;
    shardSums[2 * shard + 1] = correct;
  };

  return {
    // The slots hold a minibatch of any size.
    chunkSize: Number.POSITIVE_INFINITY,
    sharesRows: false,
    // Every worker reads all parameters.
    computePartials() {},
    computeShards(chunk, mine) {
      for (let shard = mine.from; shard < mine.to; shard++) {
        const { from, to } = evenRange(chunk.m, shards, shard);
        sumShard(shard, chunk.from + from, chunk.from + to);
      }
    },
    chunkSums() {
      let loss = 0;
      let correct = 0;
      for (let shard = 0; shard < shards; shard++) {
        loss += shardSums[2 * shard]!;
        correct += shardSums[2 * shard + 1]!;
      }
      return { loss, correct };
    },
    addShards({ m }, worker, workers) {
      const { from, to } = evenRange(count, workers, worker);
      for (let k = from; k < to; k++) {
        let gradient = slots[k]!;
        for (let s = 1; s < shards; s++) gradient += slots[s * count + k]!;
        gradient /= m;
        if (momentum !== 0) {
          gradient = Math.fround(momentum * velocity[k]! + gradient);
          velocity[k] = gradient;
        }
        parameters[k] = Math.fround(parameters[k]! - learningRate * gradient);
      }
    },
    evaluate(set, from, to) {
      for (let i = from; i < to; i++) {
        const sample = set.order[i]!;
        loadPixels(workspace, set.samples, sample);
        forwardSample(workspace, views, set.samples.labels[sample]!);
        set.losses[i] = workspace.loss;
        set.predictions[i] = workspace.prediction;
      }
    },
  };
}

function readParameters(memory: RunMemory): Float64Array {
  return Float64Array.from((memory.state as ReferenceState).parameters);
}

function readVelocity(memory: RunMemory): Float64Array {
  return Float64Array.from((memory.state as ReferenceState).velocity);
}

function restore(memory: RunMemory, _plan: TrainingPlan, { parameters, velocity }: TrainedState): void {
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
