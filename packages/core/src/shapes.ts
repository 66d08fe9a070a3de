/**
 * Every check of sizes and values at core's boundary, with its sentence. Inner loops do not check.
 *
 * `place` is the function that was called, so that the sentence begins where the reader has to look.
 */

/** A size, shape or value that does not fit, as one sentence: where, what was expected, what was given. */
export class ShapeError extends RangeError {
  readonly code = 'SHAPE';
  override readonly name = 'ShapeError';
}

/** The sizes of the layers from inputs to classes, as `[784, 10, 10]`. */
export type Layers = readonly number[];

function fail(place: string, sentence: string): never {
  throw new ShapeError(`${place}: ${sentence}`);
}

/** At least an input and an output size, all of them positive whole numbers. */
export function assertLayers(place: string, layers: Layers): void {
  if (layers.length < 2) {
    fail(place, `layers must hold at least an input and an output size, got [${layers.join(', ')}]`);
  }
  for (const [index, size] of layers.entries()) assertSize(place, `layers[${index}]`, size);
}

/** As float64 these are 4 GiB, which every engine lets an array have. */
const MOST_PARAMETERS = 2 ** 29;

/** Layers as they must be; gives how many parameters they have, Σ (inputs + 1) · outputs, at most 2²⁹. */
export function layersParameterCount(place: string, layers: Layers): number {
  assertLayers(place, layers);
  let count = 0;
  for (let l = 1; l < layers.length; l++) count += (layers[l - 1]! + 1) * layers[l]!;
  assertWholeNumber(place, 'number of parameters', count, 1, MOST_PARAMETERS);
  return count;
}

/** The flat parameter vector of these layers, nothing more and nothing less. */
export function assertParameters(place: string, parameters: ArrayLike<number>, layers: Layers): void {
  const count = layersParameterCount(place, layers);
  if (parameters.length !== count) {
    fail(
      place,
      `parameters must have ${count} values for layers ${layers.join('-')}, got ${parameters.length}`,
    );
  }
}

/** A forward pass through these layers: m samples in x, and of each layer's size in z and a. */
export function assertForwardPass(
  place: string,
  { m, x, z, a }: { m: number; x: Float64Array; z: readonly Float64Array[]; a: readonly Float64Array[] },
  layers: Layers,
): void {
  assertLength(place, 'x', x, m * layers[0]!);
  for (let l = 1; l < layers.length; l++) {
    assertLength(place, `z${l}`, z[l - 1] ?? [], m * layers[l]!);
    assertLength(place, `a${l}`, a[l - 1] ?? [], m * layers[l]!);
  }
}

/** Exactly so many values. */
export function assertLength(place: string, name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) {
    fail(place, `${name} must have ${expected} ${plural(expected)}, got ${values.length}`);
  }
}

/** Same length, for what is combined element by element. */
export function assertSameLength(
  place: string,
  name: string,
  values: ArrayLike<number>,
  otherName: string,
  other: ArrayLike<number>,
): void {
  if (values.length !== other.length) {
    fail(place, `${name} must have as many values as ${otherName} (${other.length}), got ${values.length}`);
  }
}

/** Something to take the mean of. */
export function assertNotEmpty(place: string, name: string, values: ArrayLike<number>): void {
  if (values.length === 0) fail(place, `${name} must hold at least one sample, got none`);
}

/** Whole samples of so many values each (D inputs or C classes); gives their number m. */
export function sampleCount(
  place: string,
  name: string,
  values: ArrayLike<number>,
  letter: 'D' | 'C',
  size: number,
): number {
  assertNotEmpty(place, name, values);
  assertSize(place, letter, size);
  if (values.length % size !== 0) {
    const got = values.length < size ? `${values.length}` : `${values.length}, which is no multiple of it`;
    fail(place, `${name} must have ${letter} = ${size} ${plural(size)} per sample, got ${got}`);
  }
  return values.length / size;
}

/** A weight matrix W of shape (outputs, inputs) that fits its bias; gives both sizes. */
export function linearShape(
  place: string,
  W: ArrayLike<number>,
  b: ArrayLike<number>,
): { inputs: number; outputs: number } {
  const outputs = b.length;
  if (outputs === 0) fail(place, 'b must have a value for each output, got none');
  if (W.length === 0 || W.length % outputs !== 0) {
    fail(
      place,
      `W must have a row for each of the ${outputs} ${plural(outputs)} of b, got ${W.length} ${plural(W.length)}`,
    );
  }
  return { inputs: W.length / outputs, outputs };
}

/** One class from 0 to C − 1 per sample: labels or predictions. */
export function assertClasses(
  place: string,
  name: string,
  classes: ArrayLike<number>,
  m: number,
  C: number,
): void {
  assertSize(place, 'C', C);
  if (classes.length !== m) {
    fail(place, `${name} must have m = ${m} ${plural(m)}, one per sample (C = ${C}), got ${classes.length}`);
  }
  for (let i = 0; i < m; i++) {
    const c = classes[i]!;
    // Asked here first, so that only a wrong one costs a text.
    if (!(c >= 0 && c < C && Number.isInteger(c))) assertWholeNumber(place, `${name}[${i}]`, c, 0, C - 1);
  }
}

/** Bytes, and nothing else that a list could hold; of whatever realm. */
export function assertBytes(place: string, name: string, values: unknown): void {
  const kind = Object.prototype.toString.call(values).slice(8, -1);
  if (!kind.startsWith('Uint8')) fail(place, `${name} must be bytes in a Uint8Array, got ${kind}`);
}

/** A picture's levels of ink: bytes, or floats from 0 to 1. */
export function assertInk(
  place: string,
  ink: Uint8Array | Uint8ClampedArray | Float32Array,
  width: number,
  height: number,
): void {
  assertPicture(place, 'ink', ink, width, height, 1);
  if (!(ink instanceof Float32Array)) return;
  for (let k = 0; k < ink.length; k++) {
    // Asked here first, so that only a wrong one costs a text.
    if (!(ink[k]! >= 0 && ink[k]! <= 1)) assertBetween(place, `ink[${k}]`, ink[k]!, 0, 1);
  }
}

/** A picture of so many values per pixel. */
export function assertPicture(
  place: string,
  name: string,
  values: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
): void {
  assertSize(place, 'width', width);
  assertSize(place, 'height', height);
  const expected = channels * width * height;
  if (values.length !== expected) {
    const product = channels === 1 ? 'width · height' : `${channels} · width · height`;
    fail(place, `${name} must have ${product} = ${expected} ${plural(expected)}, got ${values.length}`);
  }
}

/** Strokes of a pen: finite places. */
export function assertStrokes(
  place: string,
  strokes: readonly (readonly { readonly x: number; readonly y: number }[])[],
): void {
  for (const [s, stroke] of strokes.entries()) {
    for (const [k, { x, y }] of stroke.entries()) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        fail(place, `strokes[${s}][${k}] must be a point of two finite numbers, got (${x}, ${y})`);
      }
    }
  }
}

/** A number of things of which there is at least one. */
function assertSize(place: string, name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    fail(place, `${name} must be a whole number of at least 1, got ${size}`);
  }
}

/** A whole number between two bounds, both allowed. */
export function assertWholeNumber(
  place: string,
  name: string,
  value: number,
  from: number,
  to: number,
): void {
  if (!Number.isSafeInteger(value) || value < from || value > to) {
    fail(place, `${name} must be a whole number from ${from} to ${to}, got ${value}`);
  }
}

/** A whole number that a double holds exactly. */
export function assertSeed(place: string, seed: number): void {
  assertWholeNumber(place, 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
}

/** A finite number above 0. */
export function assertPositive(place: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) fail(place, `${name} must be a positive number, got ${value}`);
}

/** A finite number of at least 0. */
export function assertNotNegative(place: string, name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) fail(place, `${name} must be a number of at least 0, got ${value}`);
}

/** A number between two bounds, both allowed. */
export function assertBetween(place: string, name: string, value: number, from: number, to: number): void {
  if (!(value >= from && value <= to))
    fail(place, `${name} must be a number from ${from} to ${to}, got ${value}`);
}

/** A number of at least 0 and below 1. */
export function assertBelowOne(place: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) fail(place, `${name} must be at least 0 and below 1, got ${value}`);
}

/** One of the words that are known. */
export function assertOneOf(place: string, name: string, word: string, known: readonly string[]): void {
  if (!known.includes(word)) fail(place, `${name} must be one of ${known.join(', ')}, got ${word}`);
}

/** A gradient check needs at least one sample away from ReLU's kink. */
export function assertSomeSamples(place: string, kept: number, m: number, margin: number): void {
  if (kept === 0) {
    fail(place, `x must hold a sample with every hidden |z| at least ${margin}, got none in ${m}`);
  }
}

function plural(count: number): string {
  return count === 1 ? 'value' : 'values';
}
