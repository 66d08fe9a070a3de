import { parameterBytes } from '../parameters.ts';
import type { Failure, FailureOptions } from './failure.ts';
import { type FloatType, float32Of, float32Overflow, floatBytes } from './float-types.ts';
import {
  isRecord,
  isSizes,
  jsonFault,
  jsonMember,
  jsonTexts,
  shownName,
  shownShape,
  shownValue,
  textsFault,
} from './json-text.ts';

/**
 * safetensors: 8 bytes with the little-endian length N, N bytes of JSON header, then the tensors' bytes without holes
 * or overlaps.
 *
 * Source: https://github.com/huggingface/safetensors, "Format". Written with dtype F32, the type of MicroNN's
 * parameters; F16, BF16 and F64 are read too, as float32.
 */

/** A float32 tensor: its shape and its values row by row. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The contents of a file. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Any text under any keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that is not valid safetensors, or holds what is not read. The message is one sentence. */
export class SafetensorsError extends Error {
  readonly code = 'SAFETENSORS';
  override readonly name = 'SafetensorsError';
  /** `unsupported` for a whole file, such as one with a tensor of whole numbers. */
  readonly failure: Failure;

  constructor(message: string, { failure = 'damaged', ...options }: FailureOptions = {}) {
    super(message, options);
    this.failure = failure;
  }
}

/** The format's limit for a header, 100 MB. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';
/** Depth of nesting: the header, a tensor's entry or the metadata, a shape or the offsets. */
const HEADER_LEVELS = 3;

/** The first byte of every header. */
const OPENING_BRACE = 0x7b;
const BLANK = 0x20;

/**
 * Writes tensors, in the map's order, and metadata. The header is padded with blanks so that the values begin at a
 * multiple of 8 bytes.
 *
 * @throws SafetensorsError when decodeSafetensors would not read the same contents back: a tensor's shape does not match
 *   its values, the values are not a Float32Array, a tensor is named `__metadata__`, metadata is not an object of strings,
 *   or the header is larger than 100 MB
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  // JSON.stringify of one object would move names such as "1" to the front and drop "__proto__".
  assertMetadata(metadata);
  const members = [`"${METADATA}":${jsonTexts(metadata)}`];
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    assertTensor(name, shape, values);
    const begin = end;
    end += values.length * 4;
    members.push(jsonMember(name, { dtype: 'F32', shape, data_offsets: [begin, end] }));
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  assertHeaderLength(headerLength);
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(BLANK, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { values } of tensors.values()) {
    bytes.set(parameterBytes(values), at);
    at += values.length * 4;
  }
  return bytes;
}

/**
 * Reads a file strictly: every byte after the header must belong to exactly one tensor. The map has the tensors in the
 * order of their bytes. F16 and BF16 become float32 exactly; F64 is rounded to the nearest float32.
 *
 * @throws SafetensorsError for the first error in the file, for a tensor of another type, and for an F64 value that
 *   exceeds float32's range
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataBegin } = decodeHeader(bytes);
  const { [METADATA]: metadata = {} } = header;
  assertMetadata(metadata);
  const places: ({ name: string } & Entry)[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name !== METADATA) places.push({ name, ...decodeEntry(name, entry) });
  }

  // An empty tensor begins at the same byte as the next one, and comes before it.
  places.sort((one, other) => one.begin - other.begin || one.end - other.end);

  let expected = 0;
  for (const { name, begin, end } of places) {
    if (begin !== expected) {
      const what = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new SafetensorsError(
        `tensor ${shownName(name)} ${what}: expected to begin at byte ${expected}, got ${begin}`,
      );
    }
    expected = end;
  }
  const available = bytes.length - dataBegin;
  if (available !== expected) {
    throw new SafetensorsError(`expected ${expected} bytes of tensors after the header, got ${available}`);
  }

  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of places) {
    const raw = bytes.subarray(dataBegin + begin, dataBegin + end);
    const wrong = float32Overflow(raw, dtype);
    if (wrong !== undefined) {
      throw new SafetensorsError(
        `expected tensor ${shownName(name)} to have numbers that float32 can hold, got ${wrong}`,
        { failure: 'unsupported' },
      );
    }
    tensors.set(name, { shape, values: float32Of(raw, dtype) });
  }
  return { tensors, metadata };
}

function decodeHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataBegin: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(`expected at least 8 bytes for the header's length, got ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  assertHeaderLength(length);
  const dataBegin = LENGTH_BYTES + Number(length);
  if (dataBegin > bytes.length) {
    throw new SafetensorsError(
      `expected a header of ${length} bytes, got ${bytes.length - LENGTH_BYTES} bytes in all`,
    );
  }
  const json = bytes.subarray(LENGTH_BYTES, dataBegin);
  if (json[0] !== OPENING_BRACE) {
    throw new SafetensorsError(
      `expected the header to begin with {, got ${json.length === 0 ? 'no header' : `byte ${json[0]}`}`,
    );
  }
  let text: string;
  let header: Record<string, unknown>;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    // Valid JSON that begins with a brace is an object.
    header = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new SafetensorsError('expected a header of JSON in UTF-8, got something else', { cause });
  }
  const fault = jsonFault(text, HEADER_LEVELS);
  if (fault !== undefined) throw new SafetensorsError(`expected a header with ${fault}`);
  return { header, dataBegin };
}

function assertHeaderLength(length: number | bigint): void {
  if (length > MAX_HEADER_BYTES) {
    throw new SafetensorsError(`expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${length}`);
  }
}

function assertMetadata(value: unknown): asserts value is Record<string, string> {
  const fault = textsFault(METADATA, value);
  if (fault !== undefined) throw new SafetensorsError(`expected ${fault}`);
}

interface Entry {
  readonly dtype: FloatType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

function decodeEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to be an object, got ${shownValue(entry)}`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isFloatType(dtype)) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to have dtype F32, F16, BF16 or F64, got ${shownValue(dtype)}`,
      { failure: typeof dtype === 'string' ? 'unsupported' : 'damaged' },
    );
  }
  if (!isSizes(shape)) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to have a shape of whole numbers, got ${shownValue(shape)}`,
    );
  }
  const byteLength = elementCount(shape) * floatBytes[dtype];
  if (!Number.isSafeInteger(byteLength)) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to have a size that can be counted, got shape ${shownShape(shape)}`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[1]! < offsets[0]!) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to have two data_offsets in ascending order, got ${shownValue(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== byteLength) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} of shape ${shownShape(shape)} to take ${byteLength} bytes, got ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

function isFloatType(dtype: unknown): dtype is FloatType {
  return typeof dtype === 'string' && Object.hasOwn(floatBytes, dtype);
}

function assertTensor(name: string, shape: readonly number[], values: Float32Array): void {
  if (name === METADATA)
    throw new SafetensorsError(`expected another name for a tensor than the reserved ${METADATA}`);
  // Also those of another realm; another array's values could exceed float32's range.
  if (Object.prototype.toString.call(values) !== '[object Float32Array]') {
    throw new SafetensorsError(`expected tensor ${shownName(name)} to have its values in a Float32Array`);
  }
  if (!isSizes(shape) || elementCount(shape) !== values.length) {
    throw new SafetensorsError(
      `expected tensor ${shownName(name)} to have a value for each element of shape ${shownShape(shape)}, got ${values.length}`,
    );
  }
}

/** The product of the sizes: 1 for a scalar, whose shape is empty. */
function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
