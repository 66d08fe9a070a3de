import { MicronnError } from '../errors.ts';
import type { SavedRun } from '../run-folder/saved-run.ts';
import { strategyBeforeOption } from '../run-folder/strategy-before-option.ts';
import { checkOptions, type DefinedOptions, flagName } from './option-schema.ts';
import { defaultThreads, fixedOnResume, type TrainOptions, trainDefaults } from './train-options.ts';

/**
 * The options of a resumed run: the saved ones, and those given that may change.
 *
 * @throws MicronnError (exit code 2) when an option was given that may not change
 */
export function resumeOptions(given: DefinedOptions, { folder, checkpoint }: SavedRun): TrainOptions {
  for (const key of ['out', 'preset'] as const) {
    if (given[key] === undefined) continue;
    throw new MicronnError(
      'OPTION_CONFLICT',
      `${flagName(key)} cannot be combined with --resume, got ${JSON.stringify(given[key])}`,
    );
  }
  const begun: TrainOptions = {
    threads: defaultThreads(trainDefaults.shards),
    ...trainDefaults,
    parallel: strategyBeforeOption(checkpoint),
    ...checkOptions(checkpoint.configuration, (key) => key, folder),
  };
  for (const key of fixedOnResume) {
    if (given[key] === undefined || JSON.stringify(given[key]) === JSON.stringify(begun[key])) continue;
    throw new MicronnError(
      'OPTION_CONFLICT',
      `${flagName(key)} cannot change on --resume: the run has ${JSON.stringify(begun[key])}, got ${JSON.stringify(given[key])}`,
      { file: folder },
    );
  }
  const options = { ...begun, ...given };
  const { epoch, step } = checkpoint.position;
  const least = epoch + (step > 0 ? 1 : 0);
  if (options.epochs < least) {
    throw new MicronnError(
      'OPTION_CONFLICT',
      `--epochs must be at least ${least}, the epoch that the run has reached, got ${options.epochs}`,
      { file: folder },
    );
  }
  return options;
}
