import {
  addSampleGradient,
  createSampleWorkspace,
  forwardSample,
  layerViews,
  parameterCount,
  type SampleWorkspace,
} from '@micronn/core';
import type { Samples } from '../data/samples.ts';
import type { Backend, BackendKind, Evaluate } from './backend.ts';
import type { EvaluationMemory, TrainingMemory, TrainingPlan } from './memory.ts';

/** Core's reference: float64 arithmetic on parameters that are float32 after every step. */
export const referenceBackend: BackendKind = { createBackend, createEvaluation };

function createBackend(memory: TrainingMemory, plan: TrainingPlan): Backend {
  const { samples, order, parameters, velocity, slots, shardLoss, shardCorrect } = memory;
  const { layers, shards, learningRate, momentum } = plan;
  const count = parameterCount(layers);
  const views = layerViews(parameters, layers);
  const workspace = createSampleWorkspace(layers);
  const slotOf = Array.from({ length: shards }, (_, s) => slots.subarray(s * count, (s + 1) * count));
  const slotViews = slotOf.map((slot) => layerViews(slot, layers));

  return {
    sumShard(shard, from, to) {
      slotOf[shard]!.fill(0);
      let loss = 0;
      let correct = 0;
      for (let i = from; i < to; i++) {
        const sample = order[i]!;
        const label = samples.labels[sample]!;
        loadPixels(workspace, samples, sample);
        forwardSample(workspace, views, label);
        addSampleGradient(slotViews[shard]!, workspace, views, label);
        loss += workspace.loss;
        if (workspace.prediction === label) correct++;
      }
      shardLoss[shard] = loss;
      shardCorrect[shard] = correct;
    },
    reduceAndStep(m, from, to) {
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
  };
}

function createEvaluation(memory: EvaluationMemory, layers: readonly number[]): Evaluate {
  const { samples, order, losses, predictions } = memory;
  const workspace = createSampleWorkspace(layers);
  return (parameters, from, to) => {
    const views = layerViews(parameters, layers);
    for (let i = from; i < to; i++) {
      const sample = order[i]!;
      loadPixels(workspace, samples, sample);
      forwardSample(workspace, views, samples.labels[sample]!);
      losses[i] = workspace.loss;
      predictions[i] = workspace.prediction;
    }
  };
}

/** Pixels are divided by 255, as in the tutorial's notebook. */
const scaled = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

function loadPixels({ x }: SampleWorkspace, { images, inputs }: Samples, sample: number): void {
  const from = sample * inputs;
  for (let j = 0; j < inputs; j++) x[j] = scaled[images[from + j]!]!;
}
