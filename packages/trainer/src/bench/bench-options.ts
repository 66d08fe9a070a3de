import { z } from 'zod';
import { MAX_THREADS } from '../command/option-schema.ts';
import { fromWhereTyped } from '../command/paths.ts';
import { trainDefaults } from '../command/train-options.ts';
import { MicronnError } from '../errors.ts';
import { defaultPeersFolder } from './installed-peers.ts';

/** What `bench` is asked to measure. */
export interface BenchOptions {
  /** A small part of everything, for tests: says nothing about speed. */
  readonly quick: boolean;
  /** The most threads to measure with. */
  readonly threads: number;
  /** How often each thing is timed. */
  readonly rounds: number;
  /** Where the JSON goes. */
  readonly out: string;
  /** The folder in which the peers from npm are looked for. */
  readonly peers: string;
  /** Fetch them there, and measure nothing. */
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
  threads: wholeNumber(MAX_THREADS).default(trainDefaults.threads),
  rounds: wholeNumber(1000).optional(),
  out: path.default('bench.json'),
  peers: path.optional(),
  installPeers: z.boolean().default(false),
});

/**
 * Checks the options of `bench`.
 *
 * @throws MicronnError (exit code 2) that names the option, its value and what was expected
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
