import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MNIST } from '../../data/mnist.ts';

const PICTURE = /\.(png|jpe?g)$/i;

/** How files of pictures begin, of kinds that are only named in an error as well. */
const begins = ['\x89PNG', '\xff\xd8\xff', 'GIF8', 'RIFF', 'BM', 'II*\0', 'MM\0*', '%PDF', '<svg'];

/**
 * The pictures that a source means: itself, or those in a folder, in the order of their names; undefined for a source of
 * other kinds. A pipe holds a picture.
 */
export async function picturesOf(source: string): Promise<readonly string[] | undefined> {
  if (source === MNIST || source === '-') return undefined;
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory()) {
    const names = await readdir(source);
    const pictures = names.filter((name) => PICTURE.test(name) && !name.startsWith('.'));
    return pictures.length > 0 ? pictures.toSorted().map((name) => path.join(source, name)) : undefined;
  }
  const isPicture =
    PICTURE.test(source) || (found !== undefined && (!found.isFile() || (await beginsAsOne(source))));
  return isPicture ? [source] : undefined;
}

async function beginsAsOne(file: string): Promise<boolean> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    return begins.some((begin) => start.startsWith(begin));
  } catch {
    // Whoever reads the file says why it cannot be read.
    return false;
  } finally {
    await handle?.close();
  }
}
