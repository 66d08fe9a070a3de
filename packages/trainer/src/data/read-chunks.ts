import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 20;

/**
 * Yields the bytes of a file in order. All chunks share one buffer: a chunk is valid until the next is requested.
 *
 * @param signal aborts the reading with its reason
 */
export async function* readChunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Opens a file, calls `use`, and closes the file. */
export async function withFile<Result>(
  file: string,
  use: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}
