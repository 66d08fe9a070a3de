import { access } from 'node:fs/promises';

/** Whether a file or folder exists. */
export async function isThere(place: string): Promise<boolean> {
  return await access(place).then(
    () => true,
    () => false,
  );
}
