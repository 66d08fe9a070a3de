import path from 'node:path';
import { parseArrayName, type SetName } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import type { RawSet } from '../source.ts';
import { readAll } from './input-bytes.ts';
import type { FolderContent, InputFile, InputFolder } from './input-folder.ts';
import { type EncodedPicture, MOST_PICTURE_BYTES, readPictures } from './picture-set.ts';
import { type Reading, withoutLabels } from './reading-context.ts';

/** Whether the name of a file is that of a PNG or JPEG image. */
export function isPictureName(base: string): boolean {
  return /\.(png|jpe?g)$/i.test(base);
}

/** A file with an image, and its label. */
interface LabelledFile {
  readonly file: InputFile;
  readonly label?: string;
}

/** Files of images that one set is made of. */
export interface PictureFiles {
  readonly name: string;
  readonly files: readonly LabelledFile[];
  /** How their labels are known. */
  readonly told: string;
}

/** Reads and decodes the files, in their order. */
export async function readPictureFiles(
  { name, files, told }: PictureFiles,
  reading: Reading,
): Promise<RawSet> {
  const set = await readPictures(name, files.length, encoded(files), reading);
  return { ...set, told: [told, formatsOf(files)] };
}

async function* encoded(files: readonly LabelledFile[]): AsyncGenerator<EncodedPicture> {
  for (const { file, label } of files) {
    const bytes = await file.bytes();
    const content = await readAll(bytes, MOST_PICTURE_BYTES);
    yield { name: bytes.name, bytes: content, ...(label !== undefined && { label }) };
  }
}

function formatsOf(files: readonly LabelledFile[]): string {
  const isPng = files.map(({ file }) => /\.png$/i.test(file.base));
  if (isPng.every(Boolean)) return 'PNG';
  return isPng.some(Boolean) ? 'PNG and JPEG' : 'JPEG';
}

/**
 * The sets of a folder with a subfolder of images per class, or with such folders in `train`, `test` and `val`, or with
 * images in folders of these names; undefined if the folder has no such form.
 */
export async function pictureSets(
  folder: InputFolder,
  { folders }: FolderContent,
  reading: Reading,
): Promise<Map<SetName, PictureFiles> | undefined> {
  const parts = new Map<SetName, PictureFiles>();
  const flat = new Map<SetName, PictureFiles>();
  for (const inner of folders) {
    const { set } = parseArrayName(inner.base);
    if (set === undefined) continue;
    const content = await inner.list();
    const files = await oneFolderPerClass(inner, content);
    if (files) parts.set(set, files);
    const pictures = content.files.filter(({ base }) => isPictureName(base));
    if (pictures.length > 0) flat.set(set, flatPictures(inner.name, pictures, reading, set !== 'train'));
  }
  if (parts.size > 0) return parts;
  // Classes may be called te and tr: only where all folders are called as sets are, they are sets.
  if (flat.size > 0 && flat.size === folders.length) return flat;
  const files = await oneFolderPerClass(folder, { files: [], folders });
  return files && new Map([['only', files]]);
}

async function oneFolderPerClass(
  folder: InputFolder,
  { folders }: FolderContent,
): Promise<PictureFiles | undefined> {
  const files: LabelledFile[] = [];
  let classes = 0;
  for (const inner of folders) {
    const pictures = (await inner.list()).files.filter(({ base }) => isPictureName(base));
    if (pictures.length > 0) classes++;
    for (const file of pictures) files.push({ file, label: inner.base });
  }
  if (classes < 2) return undefined;
  return { name: folder.name, files, told: `folder of ${classes} classes` };
}

/**
 * The images of one folder, with the label in each name: `3_00017.png`, `7-12.png`, `img_0017_3.png`.
 *
 * The names are cut at `_`, `-`, `.` and blanks. The label is the part, the first or the last, that has from 2 to half
 * as many values as there are files.
 *
 * @param isAddition whether the set is left out if its labels are not known
 * @throws MicronnError when no part or both parts could be the label, unless images without labels are of use
 */
export function flatPictures(
  name: string,
  pictures: readonly InputFile[],
  { options }: Reading,
  isAddition = false,
): PictureFiles {
  const parts = pictures.map(({ base }) => path.parse(base).name.split(/[_\-. ]+/));
  const firsts = parts.map((part) => part[0]!);
  const lasts = parts.map((part) => part.at(-1)!);
  const hasSeveral = parts.every((part) => part.length > 1);
  const couldBe = (labels: readonly string[]): boolean => {
    const different = new Set(labels).size;
    return hasSeveral && different >= 2 && different <= pictures.length / 2;
  };
  const [isFirst, isLast] = [couldBe(firsts), couldBe(lasts)];
  const isKnown = isFirst !== isLast;
  if (!isKnown && options.unlabelled !== true && !isAddition) {
    const example = pictures[0]!.base;
    const why =
      isFirst && isLast
        ? `both the first and the last part of names like ${example} could be the label`
        : `no part of names like ${example} is a label that several images share`;
    throw withoutLabels(
      name,
      `${why}; put the images into a folder per class, or name them as 3_${isLast ? example : '0001.png'}`,
    );
  }
  const labels = isFirst ? firsts : lasts;
  return {
    name,
    files: pictures.map((file, k) => ({ file, ...(isKnown && { label: labels[k]! }) })),
    told: isKnown ? 'folder of images · label in the file name' : 'folder of images · no labels',
  };
}

/**
 * The images that a table lists, in its order: each row has the path of an image below the folder, and its label.
 *
 * @param rows the fields of each row, the first row perhaps a header
 * @param all the images of the folder and of the folders in it, by path
 * @throws MicronnError when an image is missing
 */
export function listedPictures(
  table: string,
  rows: readonly (readonly string[])[],
  all: ReadonlyMap<string, InputFile>,
  { options }: Reading,
): PictureFiles {
  const isFile = (field: string | undefined): boolean => field !== undefined && isPictureName(field.trim());
  const body = rows.filter((row) => row.some(isFile));
  const header = rows[0]!.some(isFile) ? undefined : rows[0]!;
  const fileColumn = body[0]!.findIndex(isFile);
  const labelColumn = findLabelColumn(table, body[0]!, header, fileColumn, options.labelColumn);
  const files = body.map((row, k): LabelledFile => {
    const written = row[fileColumn]!.trim();
    const file = all.get(path.posix.normalize(written.replaceAll('\\', '/'))) ?? byOnlyBase(all, written);
    const line = k + (header ? 2 : 1);
    if (!file) {
      throw new MicronnError('DATA_NOT_FOUND', `no image ${written} beside the table`, { file: table, line });
    }
    const label = row[labelColumn]?.trim();
    if (!label) {
      throw new MicronnError('DATA_LABELS', `no label for ${written}`, { file: table, line });
    }
    return { file, label };
  });
  return { name: table, files, told: `images listed in ${path.basename(table)}` };
}

/** The image of a name without its folder, if only one has it. */
function byOnlyBase(all: ReadonlyMap<string, InputFile>, written: string): InputFile | undefined {
  const base = path.posix.basename(written.replaceAll('\\', '/'));
  const found = [...all.values()].filter((file) => file.base === base);
  return found.length === 1 ? found[0] : undefined;
}

function findLabelColumn(
  table: string,
  row: readonly string[],
  header: readonly string[] | undefined,
  fileColumn: number,
  wanted: string | undefined,
): number {
  const named = wanted?.toLowerCase();
  const byHeader = header?.findIndex((name) => {
    const lower = name.trim().toLowerCase();
    return named === undefined ? /^(label|class|target|y|digit|category)$/.test(lower) : lower === named;
  });
  if (byHeader !== undefined && byHeader >= 0) return byHeader;
  if (named !== undefined && /^\d+$/.test(named) && Number(named) <= row.length) return Number(named) - 1;
  if (row.length === 2 && named === undefined) return 1 - fileColumn;
  throw new MicronnError(
    'DATA_LABELS',
    `${row.length} columns, and none is called label: choose one with --label-column`,
    { file: table },
  );
}
