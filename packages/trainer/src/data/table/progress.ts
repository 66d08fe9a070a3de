import type { LoadOptions } from '../source.ts';

/** Nobody misses a word within this time. */
const SILENT_MS = 1000;
const BETWEEN_MS = 250;

/** Tells the progress of a reading from its second second on, a few times each second. */
export function createProgress(progress: LoadOptions['progress']): (share: number | undefined) => void {
  if (!progress) return () => undefined;
  let told = performance.now() + SILENT_MS - BETWEEN_MS;
  return (share) => {
    const now = performance.now();
    if (now - told < BETWEEN_MS) return;
    told = now;
    progress(share);
  };
}
