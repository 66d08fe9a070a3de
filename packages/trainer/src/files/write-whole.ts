import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Puts a file there whole or not at all: a temporary file beside it, flushed to the disk, takes its name in
 * one step; then the folder is flushed, so that the name itself survives a power cut.
 *
 * @param parts what it holds, one after another
 */
export async function writeWhole(file: string, ...parts: readonly (string | Uint8Array)[]): Promise<void> {
  const temporary = await writeTemporary(file, ...parts);
  await takeName(temporary, file);
  await syncFolder(path.dirname(file));
}

/** Writes what will be the file under another name beside it, flushed to the disk; gives that name. */
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
    throw error;
  }
  return temporary;
}

/** Gives a temporary file its name, in one step, or removes it. */
export async function takeName(temporary: string, file: string): Promise<void> {
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** No two writers share a temporary file, not even on two machines with one folder. */
export function temporaryName(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}

/** Whether a name is one of ours, left by a process that was killed. */
export function isTemporaryName(name: string): boolean {
  return /\.[0-9a-f-]{36}\.tmp$/.test(name);
}

/** Windows cannot open folders, and needs no flush of theirs. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
