/** For NODE_OPTIONS: makes the command print its peak memory to standard error. */
export const TELL_PEAK_MEMORY = `--import ${import.meta.resolve('./tell-peak-memory.ts')}`;

/** The printed peak memory in megabytes; NaN if there is none. */
export function toldPeakMegabytes(stderr: string): number {
  return (Number(/^peak (\d+) kB$/m.exec(stderr)?.[1]) * 1024) / 1e6;
}
