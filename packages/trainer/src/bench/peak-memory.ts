/** For NODE_OPTIONS: the command then says on standard error how much memory it held at most. */
export const TELL_PEAK_MEMORY = `--import ${import.meta.resolve('./tell-peak-memory.ts')}`;

/** What it said, in megabytes; NaN where it said nothing. */
export function toldPeakMegabytes(stderr: string): number {
  return (Number(/^peak (\d+) kB$/m.exec(stderr)?.[1]) * 1024) / 1e6;
}
