import { BYTES, parseArrayName } from '@micronn/core/data';
import { toGrey } from '@micronn/core/digit';
import { baseName, MOST_SIDE, type OwnBytes, OwnDataError, type RawSet, type RawSource } from './own-data.ts';

/** `train` and `test` folders above the folders of the classes. */
const TEST = new Set(['test', 'validation']);

/**
 * Reads PNG and JPEG files: the label of each is the name of its folder, or, of files that lie in one folder, what
 * stands before the first `_` of its name.
 *
 * @throws OwnDataError for files without a label, damaged ones, or ones of different sizes
 */
export async function readPictures(files: readonly OwnBytes[]): Promise<RawSource> {
  const folders = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  const inFolders = folders.size > 1;
  const labelled = files.map((file) => {
    const parts = file.path.split('/');
    const set = inFolders
      ? parts
          .slice(0, -2)
          .map((part) => parseArrayName(part).set)
          .findLast(Boolean)
      : undefined;
    const label = inFolders ? parts.at(-2) : /^([^_]+)_/.exec(baseName(file.path))?.[1];
    if (label === undefined) {
      throw new OwnDataError(
        `${file.path}: expected a folder for each class, or the label at the beginning of the name, as 3_00017.png`,
      );
    }
    return { file, label, isTest: set !== undefined && TEST.has(set) };
  });
  const told = inFolders ? ['images', 'a folder for each class'] : ['images', 'labels in the file names'];
  const tests = labelled.filter(({ isTest }) => isTest);
  const trains = labelled.filter(({ isTest }) => !isTest);
  if (trains.length === 0 || tests.length === 0) return { train: await readSet(labelled, told) };
  return { train: await readSet(trains, told), test: await readSet(tests, told) };
}

async function readSet(
  labelled: readonly { readonly file: OwnBytes; readonly label: string }[],
  told: readonly string[],
): Promise<RawSet> {
  let images: Uint8Array | undefined;
  let size: { readonly width: number; readonly height: number } | undefined;
  for (const [k, { file }] of labelled.entries()) {
    const { grey, width, height } = await decodePicture(file);
    size ??= { width, height };
    if (width !== size.width || height !== size.height) {
      throw new OwnDataError(
        `${file.path} has ${width} × ${height} pixels, the images before it ${size.width} × ${size.height}: bring all to one size; the command line does it with --size`,
      );
    }
    images ??= new Uint8Array(labelled.length * width * height);
    images.set(grey, k * width * height);
  }
  return { ...size!, images: images!, labels: labelled.map(({ label }) => label), range: BYTES, told };
}

async function decodePicture({ path, bytes }: OwnBytes) {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: 'none' });
  } catch (cause) {
    throw new OwnDataError(`${path}: the browser cannot decode this image`, { cause });
  }
  const { width, height } = bitmap;
  if (width > MOST_SIDE || height > MOST_SIDE) {
    bitmap.close();
    throw new OwnDataError(
      `${path} has ${width} × ${height} pixels: expected at most ${MOST_SIDE} × ${MOST_SIDE}; the command line scales images with --size`,
    );
  }
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { grey: toGrey(context.getImageData(0, 0, width, height).data), width, height };
}
