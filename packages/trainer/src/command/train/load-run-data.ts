import type { Reporter } from '../../console/reporter.ts';
import { DATA_FORM, type DataForm, readForm } from '../../data/data-form.ts';
import { type Dataset, loadDataset, type Split, splitForValidation } from '../../data/dataset.ts';
import { fingerprint } from '../../data/fingerprint.ts';
import { MNIST } from '../../data/mnist.ts';
import { cacheFolder } from '../../data/sample-cache.ts';
import { MicronnError } from '../../errors.ts';
import type { SavedRun } from '../../run-folder/saved-run.ts';
import type { WorkerPool } from '../../training/pool.ts';
import { warnOfChance } from '../chance.ts';
import { dataOptionsOf } from '../data-options.ts';
import type { TrainRequest } from '../options.ts';
import { standardSplit } from '../train-options.ts';

/** What a run trains, validates and tests on. */
export interface RunData {
  readonly dataset: Dataset;
  readonly validationSplit: number;
  readonly split: Split;
  /** Fingerprints of the training and the test set, by which `--resume` recognises the data. */
  readonly description: () => string;
}

/**
 * Loads the data of a run and splits it.
 *
 * @throws MicronnError (exit code 3) when the data cannot be read, or is not that of the resumed run; (exit code 2)
 *   when the options do not fit the data
 */
export async function loadRunData(
  { options, saved }: TrainRequest,
  pool: WorkerPool,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<RunData> {
  const dataset = await loadDataset(
    options.data,
    options.testData,
    await dataOptionsOf(options),
    {
      workers: pool,
      cache: options.cache ? cacheFolder() : null,
      signal,
      warn: (code, message) => reporter.warning(code, message),
      progress: (share) => reporter.reading(options.data, share),
    },
    saved && savedForm(saved),
  );
  const description = (): string => describeData(dataset);
  if (saved) {
    assertSameData(description(), saved, options.data);
    const { layers, position } = saved.checkpoint;
    warnOfChance({ loss: position.best?.loss }, layers.at(-1)!, (code, message) =>
      reporter.warning(code, message),
    );
  }
  const validationSplit = options.validationSplit ?? standardSplit(dataset.test !== undefined);
  const split = splitForValidation(dataset.train.count, validationSplit, options.seed);
  if (options.earlyStop !== 'off' && split.validation.length === 0) {
    throw new MicronnError(
      'OPTION_CONFLICT',
      '--early-stop needs a validation set: add --validation-split 0.1, for example',
    );
  }
  return { dataset, validationSplit, split, description };
}

/** The form of the run's data; undefined if the run is of a version that kept none. */
function savedForm({ checkpoint: { layers, form } }: SavedRun): DataForm | undefined {
  return form === undefined ? undefined : readForm({ [DATA_FORM]: form }, layers);
}

function describeData({ train, test }: Dataset): string {
  return `${fingerprint(train)} to train, ${test ? fingerprint(test) : 'none'} to test`;
}

/** @throws MicronnError (exit code 3) when a resumed run would continue on other data */
function assertSameData(data: string, { checkpoint, folder }: SavedRun, source: string): void {
  if (data === checkpoint.data) return;
  throw new MicronnError(
    'DATA_CHANGED',
    `the data differs from that of the run in ${folder}: expected ${checkpoint.data}, got ${data}`,
    source === MNIST ? {} : { file: source },
  );
}
