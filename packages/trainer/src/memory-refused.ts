import { MicronnError, type Place } from './errors.ts';

/** Whether the engine or the system refused to reserve memory, in this thread or in a worker. */
export function isMemoryRefused(error: unknown): error is RangeError {
  return (
    error instanceof RangeError &&
    // Core's ShapeError is a RangeError too.
    !('code' in error) &&
    /memory|allocation failed|array (buffer )?length/i.test(error.message)
  );
}

/**
 * The error for memory that the system refused.
 *
 * @param need what needs how much memory, as the beginning of a sentence
 */
export function memoryRefused(cause: Error, need: string, place: Place = {}): MicronnError {
  return new MicronnError(
    'DATA_TOO_LARGE',
    `${need}, but the system refuses to reserve memory (${cause.message}): free memory, or raise the limit of addresses (ulimit -v)`,
    place,
    { cause },
  );
}

/** An amount of memory, as `62.1 MiB` or `4.02 GiB`. */
export function byteText(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
