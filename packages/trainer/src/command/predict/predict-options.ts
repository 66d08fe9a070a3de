import { MicronnError } from '../../errors.ts';
import { availableCores } from '../../training/cores.ts';
import { type ModelOptions, resolveModelOptions } from '../model-options.ts';
import { checkOptions, flagName } from '../option-schema.ts';
import { dataOptionsIn, sourceFromWhereTyped, withPaths } from '../options.ts';
import { fromWhereTyped } from '../paths.ts';
import { type DataOptionTexts, MAX_THREADS, trainDefaults } from '../train-options.ts';

/** The formats of `predict`. */
const formats = ['csv', 'jsonl'] as const;

export type PredictionFormat = (typeof formats)[number];

/** The options of `predict`. */
export interface PredictOptions extends ModelOptions, DataOptionTexts {
  readonly sources: readonly string[];
  /** The file to write; undefined for standard output. */
  readonly out?: string;
  readonly format: PredictionFormat;
  /** Whether to write the probability of each class. */
  readonly probabilities: boolean;
  /** Whether the network gets images as they are: `true`, or framed as its training images: `false`; else decided by image. */
  readonly asIs?: boolean;
  readonly threads: number;
  readonly cache: boolean;
}

/**
 * Checks the options of `predict`, and makes its paths absolute.
 *
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function resolvePredictOptions(
  model: string,
  sources: readonly string[],
  flags: Record<string, unknown>,
): PredictOptions {
  const { own, others } = resolveModelOptions(model, flags);
  const { out, format, probabilities = false, asIs, frame, ...rest } = others;
  if (asIs === true && frame === true) {
    throw new MicronnError('OPTION_CONFLICT', '--as-is and --frame exclude each other');
  }
  if (format !== undefined && !formats.some((known) => known === format)) {
    throw new MicronnError(
      'OPTION_VALUE',
      `--format must be one of ${formats.join(', ')}, got ${JSON.stringify(format)}`,
    );
  }
  const options = withPaths(checkOptions(rest, flagName));
  return {
    ...own,
    sources: sources.map(sourceFromWhereTyped),
    ...(typeof out === 'string' && { out: fromWhereTyped(out) }),
    format:
      (format as PredictionFormat | undefined) ??
      (typeof out === 'string' && /\.(jsonl|ndjson|json)$/i.test(out) ? 'jsonl' : 'csv'),
    probabilities: probabilities === true,
    ...(asIs === true && { asIs: true }),
    ...(frame === true && { asIs: false }),
    threads: options.threads ?? Math.min(availableCores(), MAX_THREADS),
    cache: options.cache ?? trainDefaults.cache,
    ...dataOptionsIn(options),
  };
}
