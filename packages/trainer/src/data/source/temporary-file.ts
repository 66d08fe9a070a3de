import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { interrupted, MicronnError } from '../../errors.ts';
import type { ByteSource } from '../source.ts';
import { fileBytes, type InputBytes } from './input-bytes.ts';

let folder: string | undefined;
let files = 0;

/** The folder for this process's temporary files, which is deleted when the process ends. */
function temporaryFolder(): string {
  if (folder === undefined) {
    const created = mkdtempSync(path.join(tmpdir(), 'micronn-'));
    process.on('exit', () => rmSync(created, { recursive: true, force: true }));
    folder = created;
  }
  return folder;
}

/** The path of a new temporary file. */
export function temporaryFile(): string {
  return path.join(temporaryFolder(), String(++files));
}

/**
 * Writes bytes to a temporary file, for readers that need any part of them, or several passes.
 *
 * @throws MicronnError when the bytes cannot be read, or there is no room for them
 */
async function inTemporaryFile(bytes: ByteSource, signal: AbortSignal): Promise<InputBytes> {
  const { name } = bytes;
  try {
    const file = temporaryFile();
    await pipeline(bytes.open(), createWriteStream(file), { signal });
    return fileBytes(file, name);
  } catch (cause) {
    if (signal.aborted) throw interrupted(name, cause);
    if (cause instanceof MicronnError) throw cause;
    throw new MicronnError(
      'DATA_UNREADABLE',
      `cannot unpack it into the folder for temporary files: ${(cause as Error).message}`,
      { file: name },
      { cause },
    );
  }
}

/** The bytes in a regular file, where any part of them can be read. */
export async function inFile(
  bytes: InputBytes,
  signal: AbortSignal,
): Promise<InputBytes & { readonly file: string }> {
  const there = bytes.file === undefined ? await inTemporaryFile(bytes, signal) : bytes;
  return { ...there, file: there.file! };
}

/** Standard input, kept in a temporary file. */
export async function standardInput(signal: AbortSignal): Promise<InputBytes> {
  const name = 'standard input';
  if (process.stdin.isTTY) {
    throw new MicronnError('DATA_UNREADABLE', 'expected data through a pipe: cat data.csv | micronn … -', {
      file: name,
    });
  }
  return inTemporaryFile({ name, open: () => process.stdin as AsyncIterable<Buffer> }, signal);
}
