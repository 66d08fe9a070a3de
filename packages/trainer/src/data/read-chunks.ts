import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 20;

/**
 * Yields the bytes of a file in order, and reads the next chunk while the caller works on this one. The chunks share two
 * buffers: a chunk is valid until the next is requested.
 *
 * @param from the first byte to read
 * @param signal aborts the reading with its reason
 */
export async function* readChunks(handle: FileHandle, signal: AbortSignal, from = 0): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let other = Buffer.allocUnsafe(CHUNK_BYTES);
  let at = from;
  let reading = handle.read(buffer, 0, CHUNK_BYTES, at);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      [buffer, other] = [other, buffer];
      at += bytesRead;
      reading = handle.read(buffer, 0, CHUNK_BYTES, at);
      yield chunk;
    }
  } finally {
    // A caller that stops early may close the file now.
    await reading;
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
