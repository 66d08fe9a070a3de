import { MNIST } from '../data/mnist.ts';
import { MicronnError } from '../errors.ts';
import type { RunLock } from '../run-folder/run-lock.ts';
import type { SavedRun, Warn } from '../run-folder/saved-run.ts';
import { availableCores } from '../training/cores.ts';
import { type ModelOptions, resolveModelOptions } from './model-options.ts';
import { checkOptions, type DefinedOptions, flagName, trainSchema } from './option-schema.ts';
import { fromWhereTyped } from './paths.ts';
import {
  type DataOptionTexts,
  dataOptionKeys,
  defaultThreads,
  fixedOnResume,
  MAX_THREADS,
  presets,
  type TrainOptions,
  trainDefaults,
} from './train-options.ts';

/** What `train` is asked to do. */
export interface TrainRequest {
  readonly options: TrainOptions;
  /** The run to resume. */
  readonly saved?: SavedRun;
  /** The lock of the resumed run's folder, held since before the run was loaded; `train` releases it. */
  readonly lock?: RunLock;
}

/**
 * Merges options. Flags win over the configuration file, the file over the preset, the preset over the defaults; with
 * `--resume`, flags and file win over the saved options of the run.
 *
 * @param flags values by option name, as commander read them
 * @param warn called for each damaged part of a resumed run, and before a wait for the owner of its lock
 * @param signal ends that wait, and the wait for a configuration from a pipe
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export async function resolveTrainOptions(
  flags: Record<string, unknown>,
  warn: Warn,
  signal?: AbortSignal,
): Promise<TrainRequest> {
  const { config, ...rest } = flags;
  const flagged = checkOptions(rest, flagName);
  const filed = typeof config === 'string' ? await readConfig(config, signal) : {};
  const { preset, resume, ...own } = { ...filed, ...flagged };
  const given = withPaths(own);
  if (resume !== undefined) {
    return resumeRequest(fromWhereTyped(resume), { ...given, ...(preset && { preset }) }, { warn, signal });
  }
  const chosen = { ...trainDefaults, ...(preset && presets[preset]), ...given };
  const options: TrainOptions = { threads: defaultThreads(chosen.shards), ...chosen };
  assertCompatible(options);
  return { options };
}

async function readConfig(file: string, signal: AbortSignal | undefined): Promise<DefinedOptions> {
  const { readConfigFile } = await import('./config-file.ts');
  return readConfigFile(fromWhereTyped(file), signal);
}

/** @throws MicronnError (exit code 2) when two options exclude each other */
function assertCompatible({ backend, parallel }: TrainOptions): void {
  if (backend !== 'reference' || parallel !== 'rows') return;
  throw new MicronnError(
    'OPTION_CONFLICT',
    '--parallel rows needs --backend wasm: the reference backend is data-parallel only',
  );
}

async function resumeRequest(
  folder: string,
  given: DefinedOptions,
  { warn, signal }: { warn: Warn; signal: AbortSignal | undefined },
): Promise<TrainRequest> {
  // Loaded on demand: a new run needs none of them.
  const { lockRunFolder } = await import('../run-folder/run-lock.ts');
  const { assertRunFolder, loadRun } = await import('../run-folder/saved-run.ts');
  const { resumeOptions } = await import('./resume-options.ts');
  await assertRunFolder(folder);
  // Locked before it is read: another process could still write to it.
  const lock = await lockRunFolder(folder, { warn, signal });
  try {
    const saved = await loadRun(folder, warn);
    return { options: resumeOptions(given, saved), saved, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Paths are relative to the folder in which the command was typed, in a configuration file too. */
export function withPaths(given: DefinedOptions): DefinedOptions {
  const { data, testData, classNames, out } = given;
  return {
    ...given,
    ...(classNames !== undefined && { classNames: fromWhereTyped(classNames) }),
    ...(data !== undefined && { data: sourceFromWhereTyped(data) }),
    ...(testData !== undefined && { testData: sourceFromWhereTyped(testData) }),
    ...(out !== undefined && { out: fromWhereTyped(out) }),
  };
}

export function sourceFromWhereTyped(source: string): string {
  return source === MNIST || source === '-' ? source : fromWhereTyped(source);
}

/** The options that say how to read data, of those that were given. */
export function dataOptionsIn(options: DefinedOptions): DataOptionTexts {
  return Object.fromEntries(dataOptionKeys.flatMap((key) => (key in options ? [[key, options[key]]] : [])));
}

/** What `evaluate` works on. */
export interface EvaluateOptions
  extends ModelOptions,
    DataOptionTexts,
    Pick<TrainOptions, 'data' | 'threads' | 'backend' | 'cache'> {}

/**
 * Checks the options of `evaluate`, each of which is an option of `train`.
 *
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function resolveEvaluateOptions(model: string, flags: Record<string, unknown>): EvaluateOptions {
  const defaults = { ...trainDefaults, threads: Math.min(availableCores(), MAX_THREADS) };
  const { own, others } = resolveModelOptions(model, flags);
  const options = { ...defaults, ...withPaths(checkOptions(others, flagName)) };
  const { data, threads, backend, cache } = options;
  return { ...own, data, threads, backend, cache, ...dataOptionsIn(options) };
}

/** An option of `train` for the documentation. */
export interface OptionDescription {
  /** The expected value, as an error names it. */
  readonly expected: string;
  /** Undefined where the default depends on the data or the machine, or where there is none. */
  readonly standard: unknown;
  readonly fixedOnResume: boolean;
}

export function describeOption(key: string): OptionDescription | undefined {
  if (!isOption(key)) return undefined;
  return {
    // A symbol is a valid value of no option.
    expected: trainSchema.shape[key].safeParse(Symbol('none')).error!.issues[0]!.message,
    standard: key in trainDefaults ? trainDefaults[key as keyof typeof trainDefaults] : undefined,
    fixedOnResume: fixedOnResume.some((fixed) => fixed === key),
  };
}

function isOption(key: string): key is keyof typeof trainSchema.shape {
  return Object.hasOwn(trainSchema.shape, key);
}
