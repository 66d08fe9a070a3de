import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MicronnError, unreadable } from '../errors.ts';

/** Bytes of a file, which are read whenever they are needed, instead of lying in memory. Any thread can read them. */
export interface FileBytes {
  readonly file: string;
  /** Where they begin. */
  readonly at: number;
  /** Identifies the file in its state at the first look; see {@link versionOf}. */
  readonly version: string;
}

/** Reads bytes, from byte `from` on, until the target is full. */
export type ReadBytes = (target: Uint8Array, from: number) => void;

/**
 * Identifies an open file and its state: another file in its place, or a write to it, gives another text.
 *
 * @param fd its file descriptor
 */
export function versionOf(fd: number): string {
  const { dev, ino, size, mtimeNs } = fstatSync(fd, { bigint: true });
  return [dev, ino, size, mtimeNs].join(' ');
}

/**
 * Calls `use` with the means to read the bytes, while the file is open. The calling thread waits for each read, which is
 * faster than to read ahead: the bytes are in the system's cache, or about to be.
 *
 * @throws MicronnError (exit code 3) when the file cannot be read, or is not the same as before
 */
export function withBytes<Result>(
  { file, at, version }: FileBytes,
  use: (read: ReadBytes) => Result,
): Result {
  const fd = orUnreadable(file, () => openSync(file, 'r'));
  const read: ReadBytes = (target, from) => {
    for (let done = 0; done < target.length; ) {
      const place = at + from + done;
      const count = orUnreadable(file, () => readSync(fd, target, done, target.length - done, place));
      if (count === 0) throw changed(file);
      done += count;
    }
  };
  try {
    const result = use(read);
    if (versionOf(fd) !== version) throw changed(file);
    return result;
  } catch (error) {
    // What failed may have failed because of the change.
    throw versionOf(fd) === version ? error : changed(file);
  } finally {
    closeSync(fd);
  }
}

function changed(file: string): MicronnError {
  return new MicronnError('DATA_UNREADABLE', 'the file changed while it was in use', { file });
}

function orUnreadable<Result>(file: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
