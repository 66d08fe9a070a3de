import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from './is-there.ts';

/**
 * Creates a folder and its parents, unless they exist. Node's own `recursive` never returns where an existing folder
 * refuses a new one with ENOENT, as /proc does.
 *
 * @throws the error of the folder that cannot be created
 */
export async function createFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if (parent !== folder && !(await isThere(parent))) await createFolder(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    // The folder existed before, or another process has just created it.
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw error;
  }
}
