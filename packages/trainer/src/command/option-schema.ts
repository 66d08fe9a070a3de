import { initializations } from '@micronn/core';
import type { PixelRange } from '@micronn/core/data';
import * as z from 'zod';
import { MNIST } from '../data/mnist.ts';
import type { ImageSize } from '../data/source.ts';
import { MicronnError } from '../errors.ts';
import { backendNames } from '../training/backend.ts';
import type { ParallelStrategy } from '../training/memory.ts';
import { shownValue } from './shown-value.ts';
import { MAX_THREADS, presets } from './train-options.ts';

/** The values that each option accepts: one schema for flags and configuration files. */

/** Flags are text: text in the form of a number becomes a number, any other value stays for the schema to refuse. */
function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)
    ? Number(value)
    : value;
}

/** A value that passes a test, after text in the form of a number has become a number. */
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

function countOr<Word extends string>(word: Word) {
  return numberThat<number | Word>(
    `a whole number of at least 1, or ${word}`,
    (value) => value === word || isWhole(value, 1, Number.MAX_SAFE_INTEGER),
  );
}

function oneOf<Name extends string>(names: readonly Name[]) {
  return z.custom<Name>((value) => names.includes(value as Name), {
    error: names.length === 1 ? names[0]! : `one of ${names.join(', ')}`,
  });
}

const text = (expectation: string) =>
  z.custom<string>((value) => typeof value === 'string' && value !== '', { error: expectation });

const MAX_HIDDEN = 65_536;
const MAX_LAYERS = 10_000;

/** `10`, `128,64`, or the same as numbers. */
const hiddenSizes = z.preprocess(
  (value) => {
    const parts =
      typeof value === 'string' ? value.split(',') : Array.isArray(value) ? (value as unknown[]) : [value];
    return parts.map((part) => numeric(typeof part === 'string' ? part.trim() : part));
  },
  z.custom<number[]>(
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MAX_LAYERS &&
      value.every((size) => isWhole(size, 1, MAX_HIDDEN)),
    { error: `up to ${MAX_LAYERS} layer sizes from 1 to ${MAX_HIDDEN}, as 10 or 128,64` },
  ),
);

const trueOrFalse = z.custom<boolean>((value) => typeof value === 'boolean', { error: 'true or false' });

/** The longest side of an image. */
const MAX_SIDE = 64;

/** The size that `28x28` means. */
export function imageSize(value: unknown): ImageSize | undefined {
  const parts = typeof value === 'string' ? /^(\d{1,2})[x×](\d{1,2})$/i.exec(value) : null;
  const [width, height] = [Number(parts?.[1]), Number(parts?.[2])];
  return isWhole(width, 1, MAX_SIDE) && isWhole(height, 1, MAX_SIDE) ? { width, height } : undefined;
}

/** The range of pixels that `16` or `-1..1` means. */
export function pixelRange(value: unknown): PixelRange | undefined {
  const parts = typeof value === 'string' ? /^(?:(.+)\.\.)?(.+)$/.exec(value) : null;
  const [low, high] = [numeric(parts?.[1] ?? '0'), numeric(parts?.[2])];
  const areNumbers = typeof low === 'number' && typeof high === 'number';
  return areNumbers && Number.isFinite(high - low) && low !== high ? { low, high } : undefined;
}

const MAX_SHARDS = 1024;
const MAX_COUNT = 1_000_000;

const parallelStrategies: readonly ParallelStrategy[] = ['data', 'rows'];

/** What each option may be. The message of a schema is the expected value. */
export const trainSchema = z
  .strictObject({
    data: text(`${MNIST}, a folder, a file, or - for standard input`),
    testData: text(`${MNIST}, a folder, a file, or - for standard input`),
    labelColumn: z.preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      text('a column’s name, its number from 1, last, or none'),
    ),
    pixelScale: z.preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      z.custom<string>((value) => pixelRange(value) !== undefined, {
        error: 'the number of full ink, as 1, 16 or 255, or the numbers of paper and ink, as -1..1',
      }),
    ),
    invert: trueOrFalse,
    transpose: trueOrFalse,
    size: z.custom<string>((value) => imageSize(value) !== undefined, {
      error: `a width and a height from 1 to ${MAX_SIDE}, as 28x28`,
    }),
    colours: oneOf(['grey', 'refuse']),
    classNames: text('a file of the names of the classes'),
    validationSplit: realNumber('a number from 0 to below 1', (value) => value >= 0 && value < 1),
    hidden: hiddenSizes,
    epochs: wholeNumber(0, MAX_COUNT),
    batchSize: countOr('full'),
    lr: realNumber(
      'a number above 0, within the range of float32',
      (value) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value)),
    ),
    momentum: realNumber(
      'a number from 0 to below 1 that float32 does not round to 1',
      (value) => value >= 0 && Math.fround(value) < 1,
    ),
    seed: wholeNumber(0),
    threads: wholeNumber(1, MAX_THREADS),
    shards: wholeNumber(1, MAX_SHARDS),
    parallel: oneOf(parallelStrategies),
    init: oneOf(initializations),
    preset: oneOf(Object.keys(presets) as (keyof typeof presets)[]),
    backend: oneOf(backendNames),
    earlyStop: countOr('off'),
    out: text('a folder'),
    resume: text('a run folder'),
    checkpointEvery: countOr('off'),
    maxRestarts: wholeNumber(0, MAX_COUNT),
    cache: trueOrFalse,
  })
  .partial();

/** The options that were given, checked. */
type GivenOptions = z.output<typeof trainSchema>;

/**
 * Checks options.
 *
 * @param nameOf the name of an option as the user wrote it
 * @param file the file that holds the options, if any
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function checkOptions(
  values: Record<string, unknown>,
  nameOf: (key: string) => string,
  file?: string,
): DefinedOptions {
  const result = trainSchema.safeParse(values);
  if (result.success) return withoutUndefined(result.data);
  const issue = result.error.issues[0]!;
  const place = file === undefined ? {} : { file };
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(trainSchema.shape).join(', ');
    throw new MicronnError(
      'OPTION_UNKNOWN',
      `unknown option ${issue.keys[0]}; the options are ${known}`,
      place,
    );
  }
  const key = String(issue.path[0]);
  const value = values[key];
  throw new MicronnError(
    'OPTION_VALUE',
    `${nameOf(key)} must be ${issue.message}, got ${shownValue(value)}`,
    place,
  );
}

/** Drops keys whose value is undefined, which would overwrite a default. */
function withoutUndefined(options: GivenOptions): DefinedOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

export type DefinedOptions = { [Key in keyof GivenOptions]?: Exclude<GivenOptions[Key], undefined> };

/** The flag of an option: `--batch-size` for batchSize. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
