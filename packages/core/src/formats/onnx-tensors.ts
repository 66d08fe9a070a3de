import { float32Of } from './float-types.ts';
import { shownName } from './json-text.ts';
import { OnnxError } from './onnx.ts';
import { type Field, joined, readFields, readVarints } from './protobuf.ts';

/**
 * Reading of ONNX's messages: tensors and attributes. Source: onnx/onnx.proto, which defines the field numbers.
 */

/** A tensor whose values are in the file. Whole numbers beyond 2⁵³ are rounded. */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
  /** TensorProto.DataType. */
  readonly type: number;
}

/** TensorProto.DataType. */
export const FLOAT = 1;
export const UINT8 = 2;
const INT8 = 3;
export const INT32 = 6;
export const INT64 = 7;
const BOOL = 9;
const FLOAT16 = 10;
export const DOUBLE = 11;
const BFLOAT16 = 16;

/** TensorProto.DataType, with the bytes of one value in raw_data. */
export const DATA_TYPES: ReadonlyMap<number, { readonly name: string; readonly bytes: number }> = new Map([
  [FLOAT, { name: 'F32', bytes: 4 }],
  [UINT8, { name: 'U8', bytes: 1 }],
  [INT8, { name: 'I8', bytes: 1 }],
  [INT32, { name: 'I32', bytes: 4 }],
  [INT64, { name: 'I64', bytes: 8 }],
  [BOOL, { name: 'BOOL', bytes: 1 }],
  [FLOAT16, { name: 'F16', bytes: 2 }],
  [DOUBLE, { name: 'F64', bytes: 8 }],
  [BFLOAT16, { name: 'BF16', bytes: 2 }],
]);
/** The types of weights. */
export const floatTypes: ReadonlySet<number> = new Set([FLOAT, FLOAT16, DOUBLE, BFLOAT16]);

const TENSOR = {
  dims: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  raw: 9,
  doubles: 10,
  location: 14,
} as const;
const ATTRIBUTE = { float: 2, whole: 3, tensor: 5, floats: 7, wholes: 8 } as const;

/** TensorProto. */
export function constantOf(name: string, tensor: readonly Field[]): Constant {
  const type = wholeAt(tensor, TENSOR.type) ?? 0;
  const shape = wholesAt(tensor, TENSOR.dims);
  const known = DATA_TYPES.get(type);
  if (wholeAt(tensor, TENSOR.location) === 1) {
    throw unsupported(
      `tensor ${shownName(name)} has its values in another file: save the model with its weights inside`,
    );
  }
  if (!known) throw unsupported(`tensor ${shownName(name)} has the data type ${type}, which is not read`);
  const values = valuesOf(tensor, type, known.bytes);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!values || values.length !== count || shape.some((size) => size < 0)) {
    throw new OnnxError(
      `expected tensor ${shownName(name)} to have ${count} values for its shape, got ${values?.length ?? 'a part of one'}`,
    );
  }
  return { shape, values, type };
}

function valuesOf(tensor: readonly Field[], type: number, bytes: number): Constant['values'] | undefined {
  const raw = rawAt(tensor, TENSOR.raw);
  if (raw.length > 0) return raw.length % bytes === 0 ? rawValues(raw, type) : undefined;
  switch (type) {
    case FLOAT: {
      const floats = rawAt(tensor, TENSOR.floats);
      return floats.length % 4 === 0 ? float32Of(floats, 'F32') : undefined;
    }
    case DOUBLE: {
      const doubles = rawAt(tensor, TENSOR.doubles);
      return doubles.length % 8 === 0 ? rawValues(doubles, DOUBLE) : undefined;
    }
    case FLOAT16:
    case BFLOAT16: {
      // The 16 bits of each value, as a whole number.
      const bits = wholesAt(tensor, TENSOR.int32s);
      const halves = new DataView(new ArrayBuffer(2 * bits.length));
      for (const [k, half] of bits.entries()) halves.setUint16(2 * k, half, true);
      return rawValues(new Uint8Array(halves.buffer), type);
    }
    case INT64:
      return Float64Array.from(wholesAt(tensor, TENSOR.int64s));
    default:
      return Float64Array.from(wholesAt(tensor, TENSOR.int32s));
  }
}

function rawValues(raw: Uint8Array, type: number): Constant['values'] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  switch (type) {
    case FLOAT:
      return float32Of(raw, 'F32');
    case FLOAT16:
      return float32Of(raw, 'F16');
    case BFLOAT16:
      return float32Of(raw, 'BF16');
    case DOUBLE:
      return Float64Array.from({ length: raw.length / 8 }, (_, k) => view.getFloat64(8 * k, true));
    case INT64:
      return Float64Array.from({ length: raw.length / 8 }, (_, k) => Number(view.getBigInt64(8 * k, true)));
    case UINT8:
    case BOOL:
      return Float64Array.from(raw);
    case INT8:
      return Float64Array.from(raw, (byte) => (byte << 24) >> 24);
    default:
      return Float64Array.from({ length: raw.length / 4 }, (_, k) => view.getInt32(4 * k, true));
  }
}

/** AttributeProto: the values of one attribute, as far as they are numbers or a tensor. */
export class Attribute {
  readonly #fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  get whole(): number | undefined {
    return wholeAt(this.#fields, ATTRIBUTE.whole);
  }

  get wholes(): number[] {
    return wholesAt(this.#fields, ATTRIBUTE.wholes);
  }

  get float(): number | undefined {
    const raw = rawAt(this.#fields, ATTRIBUTE.float);
    return raw.length === 4 ? float32Of(raw, 'F32')[0] : undefined;
  }

  get floats(): Float32Array {
    const raw = rawAt(this.#fields, ATTRIBUTE.floats);
    return float32Of(raw.subarray(0, raw.length & ~3), 'F32');
  }

  /** The tensor of a Constant node. */
  tensor(name: string): Constant | undefined {
    const [tensor] = messagesAt(this.#fields, ATTRIBUTE.tensor);
    return tensor && constantOf(name, tensor);
  }
}

/** The fields of a message. */
export function messageOf(bytes: Field['value']): Field[] {
  const fields = typeof bytes === 'number' ? undefined : readFields(bytes);
  if (!fields) throw new OnnxError('expected an ONNX model, got something else, or one that is cut off');
  return fields;
}

export function messagesAt(fields: readonly Field[], wanted: number): Field[][] {
  return fields.filter(({ field }) => field === wanted).map(({ value }) => messageOf(value));
}

export function textAt(fields: readonly Field[], wanted: number): string {
  return textsAt(fields, wanted)[0] ?? '';
}

export function textsAt(fields: readonly Field[], wanted: number): string[] {
  return fields
    .filter(({ field }) => field === wanted)
    .map(({ value }) =>
      typeof value === 'number' ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value),
    );
}

export function wholeAt(fields: readonly Field[], wanted: number): number | undefined {
  const found = fields.findLast(({ field }) => field === wanted)?.value;
  return typeof found === 'number' ? found : undefined;
}

/** A repeated whole number, packed into one field or not. */
function wholesAt(fields: readonly Field[], wanted: number): number[] {
  return fields
    .filter(({ field }) => field === wanted)
    .flatMap(({ value }) => {
      const numbers = typeof value === 'number' ? [value] : readVarints(value);
      if (!numbers) throw new OnnxError('expected an ONNX model with whole numbers, got one that is cut off');
      return numbers;
    });
}

/** The bytes of a field; those of a repeated number are one after another, whether packed or not. */
function rawAt(fields: readonly Field[], wanted: number): Uint8Array {
  const parts = fields.flatMap(({ field, value }) =>
    field === wanted && typeof value !== 'number' ? [value] : [],
  );
  return parts.length === 1 ? parts[0]! : joined(parts);
}

export function unsupported(sentence: string): OnnxError {
  return new OnnxError(sentence, { failure: 'unsupported' });
}
