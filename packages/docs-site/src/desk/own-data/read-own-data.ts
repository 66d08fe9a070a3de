import {
  BYTES,
  byteOf,
  type Classes,
  classesOf,
  fileKind,
  KIND_BYTES,
  kindText,
  MOST_CLASSES,
  rangeOf,
  rangeText,
} from '@micronn/core/data';
import {
  baseName,
  MOST_SIDE,
  type OwnData,
  OwnDataError,
  type OwnFile,
  type OwnOptions,
  type OwnSamples,
  type RawSet,
  type RawSource,
} from './own-data.ts';
import { readArrays } from './read-arrays.ts';
import { readPictures } from './read-pictures.ts';
import { readTable } from './read-table.ts';
import { unpack } from './unpack.ts';

/**
 * Reads a data set from files of the reader's: a table, IDX files, NumPy arrays, images in folders, or an archive of
 * one of these. What a file is, its content says.
 *
 * @throws OwnDataError with one sentence that says what is wrong and what to do
 */
export async function readOwnData(files: readonly OwnFile[], options: OwnOptions): Promise<OwnData> {
  try {
    const { files: unpacked, told } = await unpack(files);
    const source = await readSource(
      unpacked,
      options,
      files.map(({ path }) => path),
    );
    return understand(source, told, options);
  } catch (cause) {
    if (!(cause instanceof OwnDataError)) throw cause;
    throw new OwnDataError(inThePage(cause.message), { cause });
  }
}

/** Core's sentences name options of the command line; the page has fields for two of them. */
function inThePage(message: string): string {
  return message
    .replaceAll(/--label-column(?: (?:first|last|none|\w+))?/g, 'the field “Label column”')
    .replaceAll(/--pixel-scale(?: \d+)?/g, 'the field “Full ink”');
}

async function readSource(
  files: Awaited<ReturnType<typeof unpack>>['files'],
  options: OwnOptions,
  containers: readonly string[],
): Promise<RawSource> {
  const kinds = files.map((file) => ({ file, kind: fileKind(file.bytes.subarray(0, KIND_BYTES)) }));
  const of = (...wanted: readonly string[]) =>
    kinds.filter(({ kind }) => wanted.includes(kind)).map(({ file }) => file);
  const pictures = of('png', 'jpeg');
  if (pictures.length > 1) return readPictures(pictures);
  const arrays = of('idx', 'npy');
  if (arrays.length > 0) return readArrays(arrays, options, containers);
  const tables = of('text').filter(({ path }) => files.length === 1 || !/\.(md|txt|json)$/i.test(path));
  if (tables.length === 1) return { train: await readTable(tables[0]!, options) };
  const tests = tables.filter(({ path }) => /(^|[^a-z])test([^a-z]|$)/i.test(baseName(path)));
  const trains = tables.filter((table) => !tests.includes(table));
  if (trains.length === 1 && tests.length === 1) {
    return { train: await readTable(trains[0]!, options), test: await readTable(tests[0]!, options) };
  }
  if (tables.length > 1) {
    throw new OwnDataError(
      `expected one table, or one for training and one called test, got ${tables.length}`,
    );
  }
  const [first] = kinds;
  if (!first) throw new OwnDataError('expected files with images and labels, got none');
  throw new OwnDataError(
    `${first.file.path} is ${kindText[first.kind]}: expected CSV, IDX, .npz, a folder of PNG or JPEG files, or a zip of these`,
  );
}

function understand({ train, test }: RawSource, told: readonly string[], { white }: OwnOptions): OwnData {
  const range = train.range ?? (white === undefined ? foundRange(train) : { low: 0, high: white });
  const isSquare784 = train.width === 28 && train.height === 28;
  const values = classesOf(train.labels).values;
  assertClasses(train, values);
  const classes: Classes = { values, names: values.map((value) => train.names?.[value] ?? value) };
  const bytesOf = (raw: RawSet) => samplesOf(raw, classes, raw.range ? BYTES : range);
  const size = train.isTransposed
    ? { width: train.height, height: train.width }
    : { width: train.width, height: train.height };
  if (test && (test.width !== train.width || test.height !== train.height)) {
    throw new OwnDataError(
      `the test images have ${test.width} × ${test.height} pixels, the training images ${train.width} × ${train.height}`,
    );
  }
  const pixels = isSquare784 ? '784 pixels' : `${size.width} × ${size.height} pixels`;
  const line = [
    ...told.filter((one) => one === 'gzip' || train.told[0] !== 'NumPy'),
    ...train.told,
    `${pixels} ${rangeText(range)}`,
    ...(train.isTransposed ? ['turned upright'] : []),
    `${values.length} classes`,
  ].join(' · ');
  return {
    ...size,
    classes,
    train: bytesOf(train),
    test: test?.labels.every((label) => label !== '') ? bytesOf(test) : undefined,
    line,
  };
}

/** The range of bytes whose file does not say it: one above 16 decides. */
function foundRange({ images }: RawSet) {
  let most = 0;
  for (let k = 0; k < images.length; k++) if (images[k]! > most) most = images[k]!;
  const range = rangeOf({ least: 0, most, whole: true });
  if (range) return range;
  if (most === 0) throw new OwnDataError('every pixel of every image is 0');
  throw new OwnDataError(
    `no pixel is above ${most}: say in the field “Full ink” whether ${most} or 255 is full ink`,
  );
}

function assertClasses({ labels, width, height }: RawSet, values: readonly string[]): void {
  if (width > MOST_SIDE || height > MOST_SIDE) {
    throw new OwnDataError(
      `the images have ${width} × ${height} pixels: expected at most ${MOST_SIDE} × ${MOST_SIDE}`,
    );
  }
  if (labels[0] === '') throw new OwnDataError('there is no label: training needs labelled images');
  if (values.length < 2) {
    throw new OwnDataError(`every label is ${values[0]}: expected at least two classes`);
  }
  if (values.length > MOST_CLASSES) {
    throw new OwnDataError(
      `the labels have ${values.length} different values: expected at most ${MOST_CLASSES} classes`,
    );
  }
}

function samplesOf(raw: RawSet, { values }: Classes, range: typeof BYTES): OwnSamples {
  const outputs = new Map(values.map((value, output) => [value, output]));
  const labels = new (values.length > 256 ? Uint16Array : Uint8Array)(raw.labels.length);
  for (const [k, label] of raw.labels.entries()) {
    const output = outputs.get(label);
    if (output === undefined) {
      throw new OwnDataError(
        `image ${k + 1} of the test set has the label ${label}, which no training image has`,
      );
    }
    labels[k] = output;
  }
  return { images: upright(converted(raw.images, range), raw), labels };
}

function converted(images: Uint8Array, range: typeof BYTES): Uint8Array {
  if (range.low === BYTES.low && range.high === BYTES.high) return images;
  return images.map((value) => {
    if (value > range.high) {
      throw new OwnDataError(`a pixel is ${value}, above the full ink of ${range.high}`);
    }
    return byteOf(value, range);
  });
}

/** Exchanges rows and columns of images that lie transposed. */
function upright(images: Uint8Array, { width, height, isTransposed }: RawSet): Uint8Array {
  if (!isTransposed) return images;
  const pixels = width * height;
  const turned = new Uint8Array(images.length);
  for (let at = 0; at < images.length; at += pixels) {
    for (let k = 0; k < pixels; k++) {
      turned[at + k] = images[at + (k % height) * width + Math.floor(k / height)]!;
    }
  }
  return turned;
}
