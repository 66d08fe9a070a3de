import * as z from 'zod';
import { fromWhereTyped } from '../command/paths.ts';
import { MAX_THREADS } from '../command/train-options.ts';
import { MicronnError } from '../errors.ts';
import { availableCores } from '../training/cores.ts';
import { defaultPeersFolder } from './installed-peers.ts';

/** The options of `bench`. */
export interface BenchOptions {
  /** Smoke run, for tests: its timings mean nothing. */
  readonly quick: boolean;
  /** The largest number of worker threads to measure. */
  readonly threads: number;
  /** Timed rounds of each measurement. */
  readonly rounds: number;
  /** The JSON file of the results. */
  readonly out: string;
  /** The folder of the npm peers. */
  readonly peers: string;
  /** Install them into that folder, and measure nothing. */
  readonly installPeers: boolean;
}

const QUICK_ROUNDS = 1;
const ROUNDS = 5;

function wholeNumber(most: number) {
  return z.coerce
    .number({ error: `a whole number from 1 to ${most}` })
    .refine((value) => Number.isSafeInteger(value) && value >= 1 && value <= most, {
      error: `a whole number from 1 to ${most}`,
    });
}

const path = z.string().min(1, 'a path');

const benchSchema = z.strictObject({
  quick: z.boolean().default(false),
  threads: wholeNumber(MAX_THREADS).default(Math.min(availableCores(), MAX_THREADS)),
  rounds: wholeNumber(1000).optional(),
  out: path.default('bench.json'),
  peers: path.optional(),
  installPeers: z.boolean().default(false),
});

/**
 * Checks the options of `bench`.
 *
 * @throws MicronnError (exit code 2) with the option, its value and the expected value
 */
export function resolveBenchOptions(flags: Record<string, unknown>): BenchOptions {
  const result = benchSchema.safeParse(flags);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const key = String(issue.path[0]);
    throw new MicronnError(
      'OPTION_VALUE',
      `--${key} must be ${issue.message}, got ${JSON.stringify(flags[key])}`,
    );
  }
  const { rounds, out, peers, ...rest } = result.data;
  return {
    ...rest,
    rounds: rounds ?? (rest.quick ? QUICK_ROUNDS : ROUNDS),
    out: fromWhereTyped(out),
    peers: peers === undefined ? defaultPeersFolder() : fromWhereTyped(peers),
  };
}
