import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { initializations } from '@micronn/core';
import { z } from 'zod';
import { MNIST } from '../data/dataset.ts';
import { MicronnError, systemCode } from '../errors.ts';
import { lockRunFolder } from '../run-folder/run-lock.ts';
import { loadRun, type SavedRun, type Warn } from '../run-folder/saved-run.ts';
import { type BackendName, backends } from '../training/backend.ts';
import { fromWhereTyped } from './paths.ts';

/**
 * The options of `train`: one schema for flags and configuration files, the defaults, and the order in
 * which they win: flags, then the file, then the preset, then the defaults.
 */

/** Flags are text: what is written as a number becomes one, anything else stays and is refused below. */
function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)
    ? Number(value)
    : value;
}

/** A value that is as it should be after it was read as a number where it is one. */
function numberThat<Value>(expectation: string, passes: (value: unknown) => boolean) {
  return z.preprocess(numeric, z.custom<Value>(passes, { error: expectation }));
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return numberThat<number>(`a whole number ${range}`, (value) => isWhole(value, least, most));
}

function realNumber(expectation: string, passes: (value: number) => boolean) {
  return numberThat<number>(
    expectation,
    (value) => typeof value === 'number' && Number.isFinite(value) && passes(value),
  );
}

function oneOf<Name extends string>(names: readonly Name[]) {
  return z.custom<Name>((value) => names.includes(value as Name), {
    error: names.length === 1 ? names[0]! : `one of ${names.join(', ')}`,
  });
}

const text = (expectation: string) =>
  z.custom<string>((value) => typeof value === 'string' && value !== '', { error: expectation });

/** `10`, `128,64`, or the same as numbers. */
const hiddenSizes = z.preprocess(
  (value) => {
    const parts =
      typeof value === 'string' ? value.split(',') : Array.isArray(value) ? (value as unknown[]) : [value];
    return parts.map((part) => numeric(typeof part === 'string' ? part.trim() : part));
  },
  z.custom<number[]>(
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every((size) => isWhole(size, 1, MAX_HIDDEN)),
    {
      error: `layer sizes from 1 to 65536, as 10 or 128,64`,
    },
  ),
);
/** A number of something, or nothing of the kind. */
function countOrOff() {
  return z.preprocess(
    numeric,
    z.custom<number | 'off'>((value) => value === 'off' || isWhole(value, 1, Number.MAX_SAFE_INTEGER), {
      error: 'a whole number of at least 1, or off',
    }),
  );
}

const MAX_HIDDEN = 65_536;
const MAX_THREADS = 256;
const MAX_SHARDS = 1024;

const presetNames = ['notebook'] as const;

/** What each option may be. The message of a schema is what was expected. */
export const trainSchema = z
  .strictObject({
    data: text(`${MNIST}, a folder or a file`),
    testData: text(`${MNIST}, a folder or a file`),
    validationSplit: realNumber('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    hidden: hiddenSizes,
    epochs: wholeNumber(0, 1_000_000),
    batchSize: z.preprocess(
      numeric,
      z.custom<number | 'full'>((value) => value === 'full' || isWhole(value, 1, Number.MAX_SAFE_INTEGER), {
        error: 'a whole number of at least 1, or full',
      }),
    ),
    lr: realNumber(
      'a number above 0, within the range of float32',
      (value) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value)),
    ),
    momentum: realNumber('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    seed: wholeNumber(0),
    threads: wholeNumber(1, MAX_THREADS),
    shards: wholeNumber(1, MAX_SHARDS),
    init: oneOf(initializations),
    preset: oneOf(presetNames),
    backend: oneOf(Object.keys(backends) as BackendName[]),
    earlyStop: countOrOff(),
    out: text('a folder'),
    resume: text('a run folder'),
    checkpointEvery: countOrOff(),
    maxRestarts: wholeNumber(0, 1_000_000),
    cache: z.custom<boolean>((value) => typeof value === 'boolean', { error: 'true or false' }),
  })
  .partial();

/** What a person gave, checked, each option present or not. */
type GivenOptions = z.output<typeof trainSchema>;

/** Everything that decides a run; config.json holds it, and `--config` repeats the run from it. */
export interface TrainOptions {
  data: string;
  testData?: string;
  /** Left out: 0.2 for a single CSV, 0 where there is a test set. */
  validationSplit?: number;
  hidden: number[];
  epochs: number;
  batchSize: number | 'full';
  lr: number;
  momentum: number;
  seed: number;
  threads: number;
  shards: number;
  init: (typeof initializations)[number];
  backend: BackendName;
  /** Epochs without a better validation loss after which to stop. */
  earlyStop: number | 'off';
  out?: string;
  /** Steps between checkpoints within an epoch. */
  checkpointEvery: number | 'off';
  /** How often work may be begun again because a worker died. */
  maxRestarts: number;
  /** Whether what was parsed is kept for the next run; the result does not depend on it. */
  cache: boolean;
}

/** The same number of shards on every machine, as the bits of the result depend on it. */
export const DEFAULT_SHARDS = 4;

function defaultOptions(): TrainOptions {
  return {
    data: MNIST,
    hidden: [10],
    epochs: 10,
    batchSize: 64,
    lr: 0.1,
    momentum: 0,
    seed: 42,
    threads: availableParallelism(),
    shards: DEFAULT_SHARDS,
    init: 'uniform',
    backend: 'wasm',
    earlyStop: 'off',
    checkpointEvery: 'off',
    maxRestarts: 3,
    cache: true,
  };
}

/** The tutorial's notebook, as it was published. */
const presets: Record<(typeof presetNames)[number], Partial<TrainOptions>> = {
  notebook: {
    hidden: [10],
    batchSize: 'full',
    lr: 0.1,
    momentum: 0,
    epochs: 500,
    init: 'uniform',
    validationSplit: 0.2,
  },
};

/** What `train` is asked to do. */
export interface TrainRequest {
  readonly options: TrainOptions;
  /** The run that goes on, and what gives its folder free again. */
  readonly saved?: SavedRun;
  readonly unlock?: () => Promise<void>;
}

/**
 * Puts flags, configuration file, preset and defaults together; with `--resume`, flags, configuration file and the
 * run's own options.
 *
 * @param flags values by option name, as commander read them
 * @param warn told of what is damaged in a run that goes on
 * @throws MicronnError (exit code 2) that names the option, its value and what was expected
 */
export async function resolveTrainOptions(flags: Record<string, unknown>, warn: Warn): Promise<TrainRequest> {
  const { config, ...rest } = flags;
  const flagged = check(rest, flagName);
  const filed = config === undefined ? {} : await readConfig(config);
  const { preset, resume, ...own } = withoutUndefined({ ...filed, ...flagged });
  const given = withPaths(own);
  if (resume !== undefined) {
    const folder = fromWhereTyped(resume);
    // Before it is read: what another process writes meanwhile would be lost.
    const unlock = await lockRunFolder(folder);
    try {
      const saved = await loadRun(folder, warn);
      return { options: goOnWith({ ...given, ...(preset && { preset }) }, saved), saved, unlock };
    } catch (error) {
      await unlock();
      throw error;
    }
  }
  return { options: { ...defaultOptions(), ...(preset ? presets[preset] : {}), ...given } };
}

/** Paths are meant from where the command was typed. */
function withPaths(given: Partial<TrainOptions>): Partial<TrainOptions> {
  const { data, testData, out } = given;
  return {
    ...given,
    ...(data !== undefined && { data: sourceFromWhereTyped(data) }),
    ...(testData !== undefined && { testData: sourceFromWhereTyped(testData) }),
    ...(out !== undefined && { out: fromWhereTyped(out) }),
  };
}

function sourceFromWhereTyped(source: string): string {
  return source === MNIST ? source : fromWhereTyped(source);
}

/** What decides the bits of a run's next step. Data may lie elsewhere, and is compared when it has been read. */
const fixedOnResume = [
  'validationSplit',
  'hidden',
  'batchSize',
  'lr',
  'momentum',
  'seed',
  'shards',
  'init',
  'backend',
] as const satisfies readonly (keyof TrainOptions)[];

/** An option of `train` in words, for the documentation. */
export interface OptionDescription {
  /** What it has to be, as an error says it. */
  readonly expected: string;
  /** Undefined where it depends on the data or on the machine, or where there is none. */
  readonly standard: unknown;
  readonly fixedOnResume: boolean;
}

export function describeOption(key: string): OptionDescription | undefined {
  if (!isOption(key)) return undefined;
  return {
    // Nothing that an option could be.
    expected: trainSchema.shape[key].safeParse(Symbol('none')).error!.issues[0]!.message,
    standard: key === 'threads' || key === 'preset' || key === 'resume' ? undefined : defaultOptions()[key],
    fixedOnResume: fixedOnResume.some((fixed) => fixed === key),
  };
}

function isOption(key: string): key is keyof GivenOptions {
  return Object.hasOwn(trainSchema.shape, key);
}

/** The options of a run that goes on: its own, and those given that may change. */
function goOnWith(given: GivenOptions, { folder, checkpoint }: SavedRun): TrainOptions {
  for (const key of ['out', 'preset'] as const) {
    if (given[key] === undefined) continue;
    throw new MicronnError(
      'OPTION_CONFLICT',
      `${flagName(key)} cannot be given with --resume, got ${JSON.stringify(given[key])}`,
    );
  }
  const { configuration, position } = checkpoint;
  const begun: TrainOptions = {
    ...defaultOptions(),
    ...withoutUndefined(check(configuration, (key) => key, folder)),
  };
  for (const key of fixedOnResume) {
    if (given[key] === undefined || JSON.stringify(given[key]) === JSON.stringify(begun[key])) continue;
    throw new MicronnError(
      'OPTION_CONFLICT',
      `${flagName(key)} cannot change when a run goes on, expected ${JSON.stringify(begun[key])}, got ${JSON.stringify(given[key])}`,
      { file: folder },
    );
  }
  const options = { ...begun, ...withoutUndefined(given) };
  const least = position.epoch + (position.step > 0 ? 1 : 0);
  if (options.epochs < least) {
    throw new MicronnError(
      'OPTION_CONFLICT',
      `--epochs must be at least ${least}, the epoch that the run has come to, got ${options.epochs}`,
      { file: folder },
    );
  }
  return options;
}

/** Paths in a configuration file are meant from where the command was typed too, like all others. */
async function readConfig(typed: unknown): Promise<GivenOptions> {
  const file = fromWhereTyped(String(typed));
  const json = await readFile(file, 'utf8').catch((cause: unknown) => {
    const found = { ENOENT: 'found nothing', EISDIR: 'found a folder' }[systemCode(cause) ?? ''];
    throw new MicronnError(
      'CONFIG_FILE',
      `expected a JSON file for --config, ${found ?? `got ${(cause as Error).message}`}`,
      { file },
      { cause },
    );
  });
  let parsed: unknown;
  try {
    // As editors on Windows begin a file.
    parsed = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new MicronnError(
      'CONFIG_FILE',
      `expected JSON, got something else (${(cause as Error).message})`,
      { file },
      { cause },
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MicronnError('CONFIG_FILE', 'expected an object of options', { file });
  }
  const camelCased: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(parsed) as [string, unknown][]) {
    const key = written.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(camelCased, key)) {
      throw new MicronnError('OPTION_CONFLICT', `expected ${key} once, got it in two spellings`, { file });
    }
    camelCased[key] = value;
  }
  return check(camelCased, (key) => key, file);
}

/** What `evaluate` works on. */
export interface EvaluateOptions {
  model: string;
  data: string;
  threads: number;
  backend: BackendName;
  cache: boolean;
}

/**
 * Checks the options of `evaluate`, which are options of `train` too.
 *
 * @throws MicronnError (exit code 2) that names the option, its value and what was expected
 */
export function resolveEvaluateOptions(model: string, flags: Record<string, unknown>): EvaluateOptions {
  const { data, threads, backend, cache } = {
    ...defaultOptions(),
    ...withoutUndefined(check(flags, flagName)),
  };
  return {
    model: fromWhereTyped(model),
    data: sourceFromWhereTyped(data),
    threads,
    backend,
    cache,
  };
}

function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function check(
  values: Record<string, unknown>,
  nameOf: (key: string) => string,
  file?: string,
): GivenOptions {
  const result = trainSchema.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = file === undefined ? {} : { file };
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(trainSchema.shape).join(', ');
    throw new MicronnError(
      'OPTION_UNKNOWN',
      `expected options of train (${known}), got ${issue.keys[0]}`,
      place,
    );
  }
  const key = String(issue.path[0]);
  const value = values[key];
  throw new MicronnError(
    'OPTION_VALUE',
    `${nameOf(key)} must be ${issue.message}, got ${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}`,
    place,
  );
}

/** The options that are there: a key whose value is undefined would wipe out the default below it. */
function withoutUndefined(options: GivenOptions): Defined {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

type Defined = { [Key in keyof GivenOptions]?: Exclude<GivenOptions[Key], undefined> };
