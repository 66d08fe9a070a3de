import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a file completely or not at all: writes a temporary file next to it, flushes that to disk and renames it in one
 * step; then flushes the folder, so that the new name survives a power cut.
 *
 * @param parts the content, in order
 */
export async function writeWhole(file: string, ...parts: readonly (string | Uint8Array)[]): Promise<void> {
  const temporary = await writeTemporary(file, ...parts);
  await takeName(temporary, file);
  await syncFolder(path.dirname(file));
}

/** Writes the content of a file to a temporary file next to it, flushed to disk, and returns its name. */
export async function writeTemporary(
  file: string,
  ...parts: readonly (string | Uint8Array)[]
): Promise<string> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw withFinalName(error, temporary, file);
  }
  return temporary;
}

/**
 * Writes several files as {@link writeTemporary} does, side by side, because flushing a file is mostly waiting. If one of
 * them or the work beside them fails, none is left.
 *
 * @returns the names of the temporary files, in order
 */
export async function writeTemporaries(
  files: readonly { readonly file: string; readonly content: string | Uint8Array }[],
  beside: Promise<void>,
): Promise<string[]> {
  const writes = files.map(({ file, content }) => writeTemporary(file, content));
  try {
    await beside;
    return await Promise.all(writes);
  } catch (error) {
    for (const write of await Promise.allSettled(writes)) {
      if (write.status === 'fulfilled') await rm(write.value, { force: true });
    }
    throw error;
  }
}

/** Renames a temporary file in one step, or removes it on failure. */
export async function takeName(temporary: string, file: string): Promise<void> {
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw withFinalName(error, temporary, file);
  }
}

/** Replaces a name that nobody knows in the message of an error. */
export function withFinalName(error: unknown, temporary: string, file: string): unknown {
  if (error instanceof Error) {
    error.message = error.message.replaceAll(`'${temporary}' -> `, '').replaceAll(temporary, file);
  }
  return error;
}

/** A unique name, even if two machines write to the same folder. */
export function temporaryName(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}

/** The file that a temporary file, left by a killed process, was to become; undefined for the name of any other file. */
export function nameBehindTemporary(name: string): string | undefined {
  return /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/s.exec(name)?.[1];
}

/** Flushes a folder. Windows cannot open folders, and does not need the flush. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
