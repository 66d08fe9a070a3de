import { confusionMatrix } from '@micronn/core';
import type { Reporter } from '../console/reporter.ts';
import { loadEvaluationSet } from '../data/dataset.ts';
import { cacheFolder } from '../data/sample-cache.ts';
import { allPlaces } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import { parametersSha256 } from '../run-folder/model-file.ts';
import type { EvaluationSet, TrainingPlan } from '../training/memory.ts';
import { createWorkerPool } from '../training/pool.ts';
import { warnOfChance } from './chance.ts';
import { dataOptionsOf } from './data-options.ts';
import { openModel } from './open-model.ts';
import type { EvaluateOptions } from './options.ts';
import { assertRoom, inRoom } from './room.ts';
import { trainDefaults } from './train-options.ts';

/**
 * A plan for evaluation alone, which takes no steps. Strategy and shards are the defaults of `train`, so that a default
 * run and its later evaluation agree to the last bit.
 */
function evaluationPlan(layers: readonly number[]): TrainingPlan {
  const { parallel, shards } = trainDefaults;
  return { parallel, layers, batchSize: 1, shards, learningRate: 1, momentum: 0 };
}

/**
 * Finite parameters can be so large that the outputs are not finite; then the predictions mean nothing.
 *
 * @throws MicronnError (exit code 6)
 */
function assertFiniteLosses({ losses }: EvaluationSet, file: string): void {
  const wrong = Array.from(losses).filter((loss) => !Number.isFinite(loss)).length;
  if (wrong === 0) return;
  throw new MicronnError(
    'MODEL_OVERFLOW',
    `the outputs of the model are not finite numbers for ${wrong} of ${losses.length} samples: its parameters are too large`,
    { file },
  );
}

/** Images of another size, or labels that are no classes of the model: it is the model that does not fit. */
function asUnfit(error: unknown, file: string): unknown {
  if (!(error instanceof MicronnError) || !['DATA_SIZES', 'DATA_CLASSES'].includes(error.code)) return error;
  const source = error.place.file === undefined ? '' : ` ${error.place.file}`;
  return new MicronnError(
    'MODEL_SHAPE',
    `the model does not fit the data${source}: ${error.sentence}`,
    { file },
    { cause: error },
  );
}

/** `micronn evaluate`: computes accuracy, loss and confusion matrix of a saved model on a data set. */
export async function evaluate(
  options: EvaluateOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { data, threads, backend, cache } = options;
  const { layers, parameters, file, form } = await openModel(options, signal);
  const warn = (code: string, message: string): void => reporter.warning(code, message);
  // The threads also read the data if it is a table.
  const pool = createWorkerPool(threads, backend);
  try {
    const load = {
      workers: pool,
      cache: cache ? cacheFolder() : null,
      signal,
      warn,
      progress: (share: number | undefined) => reporter.reading(data, share),
    };
    const set = await loadEvaluationSet(data, await dataOptionsOf(options), load, form).catch(
      (error: unknown) => {
        throw asUnfit(error, file);
      },
    );
    const { samples, classes, line } = set;
    const plan = evaluationPlan(layers);
    const size = { plan, sets: [{ samples, places: allPlaces(samples) }], workers: threads };
    const facts = { backend, source: data, model: file };
    assertRoom(size, facts);
    const memory = await inRoom(size, facts, () => pool.allocate({ ...size, parameters }));
    const { loss, accuracy } = await pool.evaluate(memory, plan, 0);
    assertFiniteLosses(memory.sets[0]!, file);
    const C = classes.values.length;
    warnOfChance({ loss, accuracy }, C, warn);
    const counts = confusionMatrix(memory.sets[0]!.predictions, samples.labels, C);
    reporter.evaluation({
      model: file,
      source: data,
      understood: line,
      samples: samples.count,
      accuracy,
      loss,
      classes: classes.names,
      confusionMatrix: Array.from({ length: C }, (_, k) => [...counts.subarray(k * C, (k + 1) * C)]),
      parametersSha256: parametersSha256(parameters),
    });
  } finally {
    await pool.close();
  }
}
