import { setFlagsFromString } from 'node:v8';

/**
 * V8 can join two vectors of four numbers into one of eight, if the processor has such vectors. Each number is computed
 * as before, so the bits are the same as in a page, which cannot set this flag.
 */
const REVECTORIZE = '--experimental-wasm-revectorize';

/**
 * The flags for each version of V8, by its first two numbers, on which the golden runs were tried with them: 20 runs
 * each of `data` and `rows`, on one thread and on two, every run with its hash. A flag is an experiment of its version,
 * and can crash another one: with `--no-liftoff`, which saved time in Node 24, every training in Node 26 crashed. So a
 * version that is not listed gets no flag: it trains with the same bits, in more time.
 */
const triedFlags: Readonly<Record<string, readonly string[]>> = {
  // Node 24: an epoch of 784-10-10 takes two thirds of the time.
  '13.6': [REVECTORIZE],
  // Node 26: the same.
  '14.6': [REVECTORIZE],
};

/** The flags to set on a version of V8, as in `process.versions.v8`; none on a version on which they were not tried. */
export function engineFlags(version: string): readonly string[] {
  const [major, minor] = version.split('.');
  return triedFlags[`${major}.${minor}`] ?? [];
}

/** Sets the flags of this engine, if it is V8; only before WebAssembly is compiled. */
export function setEngineFlags(): void {
  for (const flag of engineFlags(process.versions.v8 ?? '')) setFlagsFromString(flag);
}
