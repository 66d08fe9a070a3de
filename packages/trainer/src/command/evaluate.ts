import { confusionMatrix } from '@micronn/core';
import type { Reporter } from '../console/reporter.ts';
import { loadEvaluationSet } from '../data/dataset.ts';
import { cacheFolder } from '../data/sample-cache.ts';
import { allPlaces, CLASSES } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { loadModel, parametersSha256 } from '../run-folder/model-file.ts';
import type { TrainingPlan } from '../training/memory.ts';
import { createWorkerPool } from '../training/pool.ts';
import { DEFAULT_SHARDS, type EvaluateOptions } from './options.ts';

/** `micronn evaluate`: accuracy, loss and confusion matrix of a saved model on a data set. */
export async function evaluate(
  { model, data, threads, backend, cache }: EvaluateOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { layers, parameters, file } = await loadModel(model);
  if (layers.at(-1) !== CLASSES) {
    throw new MicronnError('MODEL_SHAPE', `expected a model of ${CLASSES} classes, got ${layers.join('-')}`, {
      file,
    });
  }
  // The threads start, and read the data where it is a CSV.
  const pool = createWorkerPool(threads, backend);
  try {
    const samples = await loadEvaluationSet(data, {
      workers: pool,
      cache: cache ? cacheFolder() : null,
      signal,
      warn: (code, message) => reporter.warning(code, message),
    });
    if (layers[0] !== samples.inputs) {
      throw new MicronnError(
        'MODEL_SHAPE',
        `expected a model of ${samples.inputs} inputs for the images of ${data}, got ${layers.join('-')}`,
        { file },
      );
    }
    // Nothing is trained, so what a plan says of steps does not matter.
    // With the shards that train has by default: its evaluation and this one are then the same to the last bit.
    const plan: TrainingPlan = {
      layers,
      batchSize: 1,
      shards: DEFAULT_SHARDS,
      learningRate: 1,
      momentum: 0,
    };
    const memory = await pool.allocate({ plan, parameters, sets: [{ samples, places: allPlaces(samples) }] });
    const { loss, accuracy } = await pool.evaluate(memory, plan, 0);
    const counts = confusionMatrix(memory.sets[0]!.predictions, samples.labels, CLASSES);
    reporter.evaluation({
      model: file,
      source: data,
      samples: samples.count,
      accuracy,
      loss,
      confusionMatrix: Array.from({ length: CLASSES }, (_, digit) => [
        ...counts.subarray(digit * CLASSES, (digit + 1) * CLASSES),
      ]),
      parametersSha256: parametersSha256(parameters),
    });
  } finally {
    await pool.close();
  }
}
