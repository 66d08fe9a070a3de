import type { Reporter } from '../../console/reporter.ts';
import { tellError } from '../../console/tell-error.ts';
import type { DataForm } from '../../data/data-form.ts';
import { cacheFolder } from '../../data/sample-cache.ts';
import { MicronnError } from '../../errors.ts';
import { createWorkerPool } from '../../training/pool.ts';
import { lossOf, warnOfChance } from '../chance.ts';
import { dataOptionsOf } from '../data-options.ts';
import { openModel } from '../open-model.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type Classifier, createClassifier } from './classifier.ts';
import { picturesOf } from './pictures.ts';
import type { PredictOptions } from './predict-options.ts';
import { predictPicture } from './predict-picture.ts';
import { predictRows } from './predict-rows.ts';

/** What all sources of a command are predicted with. */
interface Job {
  readonly options: PredictOptions;
  readonly form: DataForm;
  readonly classifier: Classifier;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * `micronn predict`: classifies pictures, and every row of other sources. A source that cannot be read is reported, and
 * the others are classified all the same.
 *
 * @returns the exit code of the first source that could not be read, or 0
 * @throws MicronnError (exit code 6) when the model cannot be read
 */
export async function predict(
  options: PredictOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> {
  const { file, form, ...network } = await openModel(options, signal);
  warnOfChance({ loss: lossOf(network) }, network.layers.at(-1)!, (code, message) =>
    reporter.warning(code, message),
  );
  const job: Job = { options, form, classifier: createClassifier(network, file), reporter, signal };
  const sources = await Promise.all(
    options.sources.map(async (source) => ({ source, pictures: await picturesOf(source) })),
  );
  const tables = sources.filter(({ pictures }) => !pictures);
  if (options.out !== undefined && tables.length > 0 && sources.length > 1) {
    throw new MicronnError(
      'OPTION_CONFLICT',
      `--out holds the answers to pictures, or to one other source, got ${sources.length} sources`,
    );
  }
  let exitCode = 0;
  const orReported = async (work: () => Promise<void>): Promise<void> => {
    if (signal.aborted)
      throw new MicronnError('INTERRUPTED', 'interrupted before all images were classified');
    try {
      await work();
    } catch (error) {
      if (signal.aborted) throw error;
      const code = tellError(error, reporter);
      if (exitCode === 0) exitCode = code;
    }
  };
  if (options.out !== undefined && tables.length === 0) {
    await fileOfPictures(
      sources.flatMap(({ pictures }) => pictures ?? []),
      job,
      orReported,
    );
    return exitCode;
  }
  for (const { source, pictures } of sources) {
    if (!pictures) await orReported(() => answerRows(source, job));
    for (const picture of pictures ?? []) {
      await orReported(async () => reporter.prediction((await answerPicture(picture, job)).prediction));
    }
  }
  return exitCode;
}

function answerPicture(
  picture: string,
  { options, form, classifier, reporter, signal }: Job,
): ReturnType<typeof predictPicture> {
  const warn = (code: string, message: string): void => reporter.warning(code, message);
  return predictPicture(picture, { form, classifier, asIs: options.asIs === true, warn }, signal);
}

/** Writes the answers to all pictures into the file of `--out`. */
async function fileOfPictures(
  pictures: readonly string[],
  job: Job,
  orReported: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { options, form, reporter } = job;
  const answers = await openAnswers(options, { ...form, files: true }, reporter);
  let images = 0;
  try {
    for (const picture of pictures) {
      await orReported(async () => {
        await answers.take([(await answerPicture(picture, job)).answer]);
        images++;
      });
    }
  } catch (error) {
    await answers.discard();
    throw error;
  }
  await answers.end({ images });
}

async function answerRows(
  source: string,
  { options, form, classifier, reporter, signal }: Job,
): Promise<void> {
  const { threads, cache } = options;
  const pool = createWorkerPool(threads, 'wasm');
  let answers: Answers | undefined;
  try {
    answers = await openAnswers(options, { ...form, files: false, source }, reporter);
    const load = {
      workers: pool,
      cache: cache ? cacheFolder() : null,
      signal,
      warn: (code: string, message: string) => reporter.warning(code, message),
      progress: (share: number | undefined) => reporter.reading(source, share),
    };
    const request = {
      source,
      form,
      classifier,
      options: await dataOptionsOf(options),
      frame: options.asIs === false,
      wanted: options.probabilities,
      load,
    };
    const { take } = answers;
    const { understood, rows, labelled, right, unlike } = await predictRows(request, take);
    await answers.end({
      understood,
      images: rows,
      ...(labelled > 0 && { accuracy: right / labelled }),
      ...(unlike > 0 && { unlike }),
    });
  } catch (error) {
    await answers?.discard();
    throw error;
  } finally {
    await pool.close();
  }
}
