import { setFlagsFromString } from 'node:v8';

/**
 * V8 can join two vectors of four numbers into one of eight, if the processor has such vectors. Each number is computed
 * as before, so the bits are the same as in a page, which cannot set this flag.
 */
const REVECTORIZE = '--experimental-wasm-revectorize';

/**
 * How much a kernel may do before V8's optimising compiler takes it over from the quick one: by default 130 times as much,
 * so that some kernels were still slow in the third epoch.
 */
const TIER_UP_EARLY = '--wasm-tiering-budget=100000';

/**
 * The flags for each version of V8, by its first two numbers, on which the golden runs were tried with them: `data` and
 * `rows`, on one thread and on two, every run with its hash. A flag is an experiment of its version,
 * and can crash another one: with `--no-liftoff`, which was set for Node 24, every training in Node 26 crashed. So a
 * version that is not listed gets no flag: it trains with the same bits, in more time.
 */
const triedFlags: ReadonlyMap<string, readonly string[]> = new Map([
  // Node 24.
  ['13.6', [REVECTORIZE, TIER_UP_EARLY]],
  // Node 26.
  ['14.6', [REVECTORIZE, TIER_UP_EARLY]],
]);

/** The flags to set on a version of V8, as in `process.versions.v8`; none on a version on which they were not tried. */
export function engineFlags(version: string): readonly string[] {
  const [major, minor] = version.split('.');
  return triedFlags.get(`${major}.${minor}`) ?? [];
}

/** Sets the flags of this engine, if it is V8; only before WebAssembly is compiled. */
export function setEngineFlags(): void {
  for (const flag of engineFlags(process.versions.v8 ?? '')) setFlagsFromString(flag);
}
