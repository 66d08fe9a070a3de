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
  // No two writers share a temporary file, not even on two machines with one folder.
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
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
