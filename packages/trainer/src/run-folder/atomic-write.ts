import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Puts a file there whole or not at all: a temporary file beside it, flushed to the disk, takes its name in
 * one step; then the folder is flushed, so that the name itself survives a power cut.
 */
export async function writeWhole(file: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
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
