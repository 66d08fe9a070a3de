import { type Network, parameterCount, tensorPlaces } from '../parameters.ts';
import { assertParameters } from '../shapes.ts';
import {
  float32Fault,
  isRecord,
  isSizes,
  jsonFault,
  jsonMember,
  jsonTexts,
  shownName,
  shownValue,
  textsFault,
} from './json-text.ts';

export { ShapeError } from '../shapes.ts';

/**
 * A model as JSON, for programs that read no other format:
 * `{"format": "micronn", "version": 1, "metadata": {…}, "layers": [784, 10, 10], "parameters": {"W1": [[…], …],
 * "b1": […], …}}`, the weights row by row, (outputs × inputs).
 */

export interface JsonModel {
  readonly network: Network;
  /** Any text under any keys. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A text that is not a valid model in JSON. The message is one sentence. */
export class ModelJsonError extends Error {
  readonly code = 'MODEL_JSON';
  override readonly name = 'ModelJsonError';
}

const FORMAT = 'micronn';
const VERSION = 1;
const MEMBERS = ['format', 'version', 'metadata', 'layers', 'parameters'];
/** Depth of nesting: the model, its parameters, a matrix, a row. */
const LEVELS = 4;
/** Nine decimal digits distinguish any two float32 values; fewer often suffice. */
const FEWEST_DIGITS = 6;

/**
 * Writes a network as JSON, one row of weights per line. Each number has as few digits as needed, so that reading it
 * gives the same 32 bits of its float32 value.
 *
 * @throws ShapeError when the parameters do not match the layers
 * @throws ModelJsonError when a parameter is not finite, or exceeds float32's range, or metadata is not an object of
 *   strings
 */
export function stringifyModel({ network, metadata }: JsonModel): string {
  const { layers, parameters } = network;
  assertParameters('stringifyModel', parameters, layers);
  const fault = float32Fault(network) ?? textsFault('metadata', metadata);
  if (fault !== undefined) throw new ModelJsonError(`expected ${fault}`);
  const rowText = (begin: number, length: number): string =>
    `[${Array.from(parameters.subarray(begin, begin + length), shortText).join(',')}]`;
  const tensors = tensorPlaces(layers).map(({ name, shape, offset, length }) => {
    const [outputs, inputs] = shape;
    const text =
      inputs === undefined
        ? rowText(offset, length)
        : `[\n${Array.from({ length: outputs! }, (_, j) => rowText(offset + j * inputs, inputs)).join(',\n')}\n]`;
    return `"${name}":${text}`;
  });
  const members = [
    jsonMember('format', FORMAT),
    jsonMember('version', VERSION),
    `"metadata":${jsonTexts(metadata)}`,
    jsonMember('layers', [...layers]),
    `"parameters":{\n${tensors.join(',\n')}\n}`,
  ];
  return `{\n${members.join(',\n')}\n}\n`;
}

/**
 * Reads a model strictly: each member must occur exactly once and no other member may occur, each row must have its
 * length, and each number must be within float32's range.
 *
 * @throws ModelJsonError for the first error in the text
 */
export function parseModel(text: string): JsonModel {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw new ModelJsonError('expected a model in JSON, got something else', { cause });
  }
  const fault = jsonFault(text, LEVELS);
  if (fault !== undefined) throw new ModelJsonError(`expected a model with ${fault}`);
  const { format, version, metadata, layers, parameters } = membersOf('a model', root, MEMBERS);
  if (format !== FORMAT || version !== VERSION) {
    throw new ModelJsonError(
      `expected format "${FORMAT}" in version ${VERSION}, got ${shownValue(format)} in version ${shownValue(version)}`,
    );
  }
  if (!isSizes(layers) || layers.length < 2 || layers.includes(0)) {
    throw new ModelJsonError(
      `expected layers to be two sizes or more, whole numbers of at least 1, got ${shownValue(layers)}`,
    );
  }
  return { network: { layers, parameters: parametersOf(layers, parameters) }, metadata: textsOf(metadata) };
}

/** Allocates the parameters only after all their rows are checked. */
function parametersOf(layers: number[], value: unknown): Float64Array {
  const places = tensorPlaces(layers);
  const tensors = membersOf(
    'parameters',
    value,
    places.map(({ name }) => name),
  );
  const rows: number[][] = [];
  for (const { name, shape } of places) {
    const [outputs, inputs] = shape;
    const matrix = inputs === undefined ? [tensors[name]] : tensors[name];
    if (!Array.isArray(matrix) || (inputs !== undefined && matrix.length !== outputs)) {
      throw new ModelJsonError(
        `expected ${name} to be a list of ${outputs} rows, got ${shownLength(matrix)}`,
      );
    }
    for (const [j, row] of matrix.entries()) {
      const place = inputs === undefined ? name : `${name}[${j}]`;
      assertRow(place, row, inputs ?? outputs!);
      rows.push(row);
    }
  }
  const parameters = new Float64Array(parameterCount(layers));
  let at = 0;
  for (const row of rows) {
    for (const number of row) parameters[at++] = Math.fround(number);
  }
  return parameters;
}

function assertRow(place: string, row: unknown, length: number): asserts row is number[] {
  if (!Array.isArray(row) || row.length !== length) {
    throw new ModelJsonError(`expected ${place} to be a list of ${length} numbers, got ${shownLength(row)}`);
  }
  const wrong = row.findIndex(
    (number) => typeof number !== 'number' || !Number.isFinite(Math.fround(number)),
  );
  if (wrong >= 0) {
    throw new ModelJsonError(
      `expected ${place}[${wrong}] to be a number that float32 can hold, got ${shownValue(row[wrong])}`,
    );
  }
}

function shownLength(value: unknown): string {
  return Array.isArray(value) ? `${value.length}` : shownValue(value);
}

/** Checks that a value is an object with exactly these members. */
function membersOf(what: string, value: unknown, names: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) {
    throw new ModelJsonError(`expected ${what} to be an object, got ${shownValue(value)}`);
  }
  const known = new Set(names);
  const surplus = Object.keys(value).find((name) => !known.has(name));
  if (surplus !== undefined) {
    throw new ModelJsonError(`expected ${what} to have ${list(names)}, got ${shownName(surplus)} too`);
  }
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) {
    throw new ModelJsonError(`expected ${what} to have ${list(names)}, found no ${missing}`);
  }
  return value;
}

function textsOf(metadata: unknown): Record<string, string> {
  const fault = textsFault('metadata', metadata);
  if (fault !== undefined) throw new ModelJsonError(`expected ${fault}`);
  return metadata as Record<string, string>;
}

function list(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 4).join(', ')}, …, ${names.at(-1)}`;
}

/** The shortest decimal whose nearest float32 is that of the value, which is finite. */
function shortText(value: number): string {
  const single = Math.fround(value);
  if (Object.is(single, -0)) return '-0';
  for (let digits = FEWEST_DIGITS; ; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Object.is(Math.fround(short), single)) return String(short);
  }
}
