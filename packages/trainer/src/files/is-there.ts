import { access } from 'node:fs/promises';

/** Whether there is a file or folder of that name. */
export async function isThere(place: string): Promise<boolean> {
  return await access(place).then(
    () => true,
    () => false,
  );
}
