import {
  type ArrayPart,
  areBytes,
  BYTES,
  byteOf,
  createImageWriter,
  createPixelMeter,
  DataFormatError,
  decodeNumbers,
  decodeTexts,
  elementsOf,
  fileKind,
  greyInto,
  imageLayout,
  isText,
  knownSet,
  labelNumbers,
  labelText,
  type NpyHeader,
  pairArrays,
  parseIdxHeader,
  parseNpyHeader,
  rangeOf,
} from '@micronn/core/data';
import {
  baseName,
  MOST_SIDE,
  type OwnBytes,
  OwnDataError,
  type OwnOptions,
  type RawSet,
  type RawSource,
} from './own-data.ts';

/** An array in a file. */
interface NamedArray {
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[];
  readonly header: NpyHeader;
  readonly isIdx: boolean;
  /** Its elements. */
  readonly bytes: Uint8Array;
}

/**
 * Reads images and labels from IDX files or NumPy arrays, which are paired by their names.
 *
 * @throws OwnDataError if images and labels do not match
 */
export function readArrays(
  files: readonly OwnBytes[],
  options: OwnOptions,
  containers: readonly string[],
): RawSource {
  const arrays = files.map(openArray);
  const sets = inSentence('', () => pairArrays(arrays, options.labelColumn));
  const complete = sets.filter(({ parts }) =>
    [...parts.values()].some(({ images, labels }) => images && labels),
  );
  const [set, ...others] = complete;
  const names = arrays.map(({ name }) => name).join(', ');
  if (!set) {
    throw new OwnDataError(
      `expected an array of images and one of their labels, got ${names}: choose both files`,
    );
  }
  if (others.length > 0) throw new OwnDataError(`several data sets, in ${names}: choose the files of one`);
  const { parts, rest } = set;
  const known = knownSet([...containers, arrays[0]!.path, rest.replaceAll(' ', '-')].join('/'));
  const read = (part: ArrayPart<NamedArray> | undefined): RawSet | undefined => {
    if (!part?.images || !part.labels) return undefined;
    const { isIdx } = part.images;
    const raw = readPair(part.images, part.labels, options);
    const isNamed = known && raw.labels.every((label) => known.names[label] !== undefined);
    return {
      ...raw,
      told: [
        isIdx ? 'IDX' : 'NumPy',
        ...(isNamed ? [known.title] : []),
        `${part.images.name}, ${part.labels.name}`,
      ],
      ...(isNamed && { names: known.names }),
      ...(isIdx && known?.isTransposed && { isTransposed: true }),
    };
  };
  const test = read(parts.get('test')) ?? read(parts.get('validation'));
  const train = read(parts.get('train')) ?? read(parts.get('only'));
  if (train) return { train, ...(test && { test }) };
  return { train: test! };
}

function inSentence<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof DataFormatError)) throw cause;
    throw new OwnDataError(name === '' ? cause.message : `${name}: ${cause.message}`, { cause });
  }
}

function openArray({ path, bytes }: OwnBytes): NamedArray {
  const isIdx = fileKind(bytes.subarray(0, 512)) === 'idx';
  const header: NpyHeader = inSentence(path, () =>
    isIdx ? { ...parseIdxHeader(bytes), isFortranOrder: false } : parseNpyHeader(bytes),
  );
  const { type, shape, headerBytes } = header;
  const size = isText(type) ? type.characters * (type.kind === 'unicode' ? 4 : 1) : type.bytes;
  const expected = elementsOf(shape) * size;
  const got = bytes.length - headerBytes;
  if (got !== expected)
    throw new OwnDataError(`${path}: expected ${expected} bytes after the header, got ${got}`);
  const name = isIdx ? baseName(path) : baseName(path).replace(/\.npy$/, '');
  return { name, path, shape, header, isIdx, bytes: bytes.subarray(headerBytes) };
}

function readPair(images: NamedArray, labels: NamedArray, options: OwnOptions): Omit<RawSet, 'told'> {
  const read = inSentence(images.name, () => readImages(images, options));
  const values = inSentence(labels.name, () => readLabels(labels));
  const count = images.shape[0]!;
  if (values.length !== count) {
    throw new OwnDataError(
      `${images.name} has ${count} images, but ${labels.name} has ${values.length} labels`,
    );
  }
  return { ...read, labels: values };
}

function readImages({ header, bytes, shape }: NamedArray, { white }: OwnOptions) {
  const { type, isFortranOrder } = header;
  if (isText(type)) throw new DataFormatError('expected numbers for pixels, got texts');
  const layout = imageLayout(shape, isFortranOrder, 3 * MOST_SIDE * MOST_SIDE);
  const { count, width, height, channels } = layout;
  const numbers = decodeNumbers(bytes, type);
  const meter = createPixelMeter();
  meter.add(numbers);
  const facts = meter.facts();
  const isFloat = type.kind === 'float';
  // Floats that are all whole from 0 to 1 are bits; bytes of 0 and 1 are asked about.
  const range =
    white !== undefined
      ? { low: 0, high: white }
      : (rangeOf(facts) ??
        (isFloat && facts.least === 0 && facts.most === 1 ? { low: 0, high: 1 } : undefined));
  if (!range) {
    if (areBytes(type)) return { width, height, images: greyOf(placed(numbers, layout), channels), range };
    throw new DataFormatError(
      `the pixels are numbers from ${facts.least} to ${facts.most}: say in “Full ink” which number is white`,
    );
  }
  if (facts.least < range.low || facts.most > range.high) {
    throw new DataFormatError(
      `expected pixels from ${range.low} to ${range.high}, got numbers from ${facts.least} to ${facts.most}`,
    );
  }
  const isBytes = range.low === BYTES.low && range.high === BYTES.high && facts.whole;
  const values = placed(numbers, layout, isBytes ? undefined : (value) => byteOf(value, range));
  return { width, height, images: greyOf(values, channels), range, count };
}

function placed(
  numbers: ArrayLike<number>,
  layout: ReturnType<typeof imageLayout>,
  toByte?: (value: number) => number,
): Uint8Array {
  const values = new Uint8Array(numbers.length);
  createImageWriter(values, layout, toByte)(numbers);
  return values;
}

function greyOf(values: Uint8Array, channels: 1 | 3): Uint8Array {
  if (channels === 1) return values;
  const grey = new Uint8Array(values.length / 3);
  greyInto(grey, values);
  return grey;
}

function readLabels({ header, bytes, shape, isIdx }: NamedArray): string[] {
  const { type, isFortranOrder } = header;
  if (isText(type)) return decodeTexts(bytes, type).map(labelText);
  const decoded = decodeNumbers(bytes, type);
  const numbers = decoded instanceof Uint8Array ? decoded : Float64Array.from(decoded);
  return Array.from(labelNumbers(numbers, shape, isFortranOrder, isIdx), (label) => {
    if (!Number.isSafeInteger(label))
      throw new DataFormatError(`expected whole numbers as labels, got ${label}`);
    return String(label);
  });
}
