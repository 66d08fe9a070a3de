import { MicronnError, systemCode } from './errors.ts';
import { isMemoryRefused, memoryRefused } from './memory-refused.ts';

/**
 * The error for a failure of the system that can occur at any place, such as too many open files: the cause of any
 * other error, or an error of Node itself.
 *
 * @returns undefined if no such failure is among the causes
 */
export function systemFailure(error: unknown): MicronnError | undefined {
  for (const cause of causesOf(error)) {
    if (isOpenFiles(cause)) {
      return new MicronnError(
        'OPEN_FILES',
        'too many open files: raise the limit, as ulimit -n 1024',
        {},
        { cause },
      );
    }
    if (systemCode(cause) === 'ERR_WORKER_INIT_FAILED' && cause.message.includes('EAGAIN')) {
      const sentence =
        'the system starts no more threads: lower --threads, or raise the limit of processes (ulimit -u)';
      return new MicronnError('WORKERS_FAILED', sentence, {}, { cause });
    }
    // A worker needs memory even to load its program. Where it is known what needs how much, the error says so already.
    if (!(error instanceof MicronnError) && isMemoryRefused(cause))
      return memoryRefused(cause, 'the command needs more memory');
    if ('syscall' in cause && cause.syscall === 'uv_cwd') {
      return new MicronnError(
        'WORKING_FOLDER',
        'the working folder was deleted: change to another folder',
        {},
        { cause },
      );
    }
  }
  return undefined;
}

/** Node has two errors of its own that name the limit in the message only: of a thread, and of a package.json. */
function isOpenFiles(error: Error): boolean {
  switch (systemCode(error)) {
    case 'EMFILE':
    case 'ENFILE':
      return true;
    case 'ERR_WORKER_INIT_FAILED':
      return /\bE[MN]FILE\b/.test(error.message);
    // From another thread, where its cause stayed.
    case 'DATA_UNREADABLE':
      return /: E[MN]FILE: too many open files/.test(error.message);
    case 'ERR_INVALID_PACKAGE_CONFIG':
      return error.message.includes('too many open files');
    default:
      return false;
  }
}

/** An error and its causes. */
function* causesOf(error: unknown): Generator<Error> {
  for (let cause = error; cause instanceof Error; cause = cause.cause) yield cause;
}
