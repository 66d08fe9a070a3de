/**
 * safetensors: 8 bytes little-endian length N, N bytes of JSON header, then the tensors' bytes without
 * holes or overlaps.
 *
 * Source: https://github.com/huggingface/safetensors, "Format". Only dtype F32 is read and written: it is
 * what MicroNN's parameters are.
 */

/** A float32 tensor with its shape; values row by row. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free text under free keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that is not safetensors as it should be, in one sentence. */
export class SafetensorsError extends Error {
  readonly code = 'SAFETENSORS';
  override readonly name = 'SafetensorsError';
}

/** The format's own limit for a header, 100 MB. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const METADATA = '__metadata__';

/**
 * Writes tensors, in the map's order, and metadata. The header is padded with blanks so that the values
 * begin at a multiple of 8 bytes.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const begin = end;
    end += values.length * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { values } of tensors.values()) {
    for (let k = 0; k < values.length; k++, at += 4) view.setFloat32(at, values[k]!, true);
  }
  return bytes;
}

/**
 * Reads a file strictly: every byte after the header belongs to exactly one tensor.
 *
 * @throws SafetensorsError with the first thing that is wrong
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, dataBegin } = decodeHeader(bytes, view);
  const metadata = decodeMetadata(header[METADATA]);
  const places: { name: string; shape: number[]; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name !== METADATA) places.push({ name, ...decodeEntry(name, entry) });
  }

  let expected = 0;
  for (const { name, begin, end } of places.toSorted(
    (one, other) => one.begin - other.begin || one.end - other.end,
  )) {
    if (begin !== expected) {
      const what = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new SafetensorsError(
        `tensor ${name} ${what}: expected to begin at byte ${expected}, got ${begin}`,
      );
    }
    expected = end;
  }
  const available = bytes.length - dataBegin;
  if (available !== expected) {
    throw new SafetensorsError(`expected ${expected} bytes of tensors after the header, got ${available}`);
  }

  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of places) {
    const values = new Float32Array((end - begin) / 4);
    for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(dataBegin + begin + k * 4, true);
    tensors.set(name, { shape, values });
  }
  return { tensors, metadata };
}

function decodeHeader(
  bytes: Uint8Array,
  view: DataView,
): { header: Record<string, unknown>; dataBegin: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(`expected at least 8 bytes for the header's length, got ${bytes.length}`);
  }
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new SafetensorsError(`expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${length}`);
  }
  const dataBegin = LENGTH_BYTES + Number(length);
  if (dataBegin > bytes.length) {
    throw new SafetensorsError(
      `expected a header of ${length} bytes, got ${bytes.length - LENGTH_BYTES} bytes in all`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataBegin)),
    );
  } catch (cause) {
    throw new SafetensorsError('expected a header of JSON in UTF-8, got something else', { cause });
  }
  if (!isRecord(header)) throw new SafetensorsError('expected the header to be a JSON object');
  return { header, dataBegin };
}

function decodeMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new SafetensorsError(`expected ${METADATA} to be an object of strings`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new SafetensorsError(`expected ${METADATA}.${key} to be a string, got ${JSON.stringify(text)}`);
    }
  }
  return value as Record<string, string>;
}

function decodeEntry(name: string, entry: unknown): { shape: number[]; begin: number; end: number } {
  if (!isRecord(entry)) throw new SafetensorsError(`expected tensor ${name} to be an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') {
    throw new SafetensorsError(`expected tensor ${name} to have dtype F32, got ${JSON.stringify(dtype)}`);
  }
  if (!isSizes(shape)) {
    throw new SafetensorsError(
      `expected tensor ${name} to have a shape of whole numbers, got ${JSON.stringify(shape)}`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count * 4)) {
    throw new SafetensorsError(
      `expected tensor ${name} to have a size that can be counted, got shape [${shape.join(', ')}]`,
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[1]! < offsets[0]!) {
    throw new SafetensorsError(
      `expected tensor ${name} to have two data_offsets, got ${JSON.stringify(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== count * 4) {
    throw new SafetensorsError(
      `expected tensor ${name} of shape [${shape.join(', ')}] to take ${count * 4} bytes, got ${end - begin}`,
    );
  }
  return { shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
