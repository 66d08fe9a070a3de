/**
 * All checks of sizes and values at core's boundary, with their error messages. Inner loops do not check.
 *
 * `place` is the name of the calling function; the message begins with it.
 */

/** A wrong size, shape or value. The message is one sentence: where, what was expected, what was given. */
export class ShapeError extends RangeError {
  readonly code = 'SHAPE';
  override readonly name = 'ShapeError';
}

/** The sizes of the layers from inputs to classes, such as `[784, 10, 10]`. */
export type Layers = readonly number[];

function fail(place: string, sentence: string): never {
  throw new ShapeError(`${place}: ${sentence}`);
}

/** Checks that there are at least an input and an output size, all positive whole numbers. */
export function assertLayers(place: string, layers: Layers): void {
  if (layers.length < 2) {
    fail(place, `layers must have at least an input and an output size, got [${layers.join(', ')}]`);
  }
  for (const [index, size] of layers.entries()) assertSize(place, `layers[${index}]`, size);
}

/** 4 GiB in float64, which every engine allows for one array. */
const MOST_PARAMETERS = 2 ** 29;

/** Checks the layers and returns their number of parameters, Σ (inputs + 1) · outputs, at most 2²⁹. */
export function layersParameterCount(place: string, layers: Layers): number {
  assertLayers(place, layers);
  let count = 0;
  for (let l = 1; l < layers.length; l++) count += (layers[l - 1]! + 1) * layers[l]!;
  assertWholeNumber(place, 'number of parameters', count, 1, MOST_PARAMETERS);
  return count;
}

/** Checks that the flat parameter vector has the length that the layers require. */
export function assertParameters(place: string, parameters: ArrayLike<number>, layers: Layers): void {
  const count = layersParameterCount(place, layers);
  if (parameters.length !== count) {
    fail(
      place,
      `parameters must have ${count} values for layers ${layers.join('-')}, got ${parameters.length}`,
    );
  }
}

/** Checks that a forward pass has m samples in x and, for each layer, m samples in z and a. */
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

/** Checks the number of values. */
export function assertLength(place: string, name: string, values: ArrayLike<number>, expected: number): void {
  if (values.length !== expected) {
    fail(place, `${name} must have ${expected} ${plural(expected)}, got ${values.length}`);
  }
}

/** Checks that two vectors have the same length, before they are combined element by element. */
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

/** Checks that there is at least one sample, so that a mean exists. */
export function assertNotEmpty(place: string, name: string, values: ArrayLike<number>): void {
  if (values.length === 0) fail(place, `${name} must have at least one sample, got none`);
}

/** Checks that the values are whole samples of D inputs or C classes each, and returns their number m. */
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
    const got = values.length < size ? `${values.length}` : `${values.length}, which is not a multiple`;
    fail(place, `${name} must have ${letter} = ${size} ${plural(size)} per sample, got ${got}`);
  }
  return values.length / size;
}

/** Checks that the weight matrix W, (outputs, inputs), fits its bias, and returns both sizes. */
export function linearShape(
  place: string,
  W: ArrayLike<number>,
  b: ArrayLike<number>,
): { inputs: number; outputs: number } {
  const outputs = b.length;
  if (outputs === 0) fail(place, 'b must have one value per output, got none');
  if (W.length === 0 || W.length % outputs !== 0) {
    fail(place, `W must have one row per value of b (${outputs}), got ${W.length} ${plural(W.length)}`);
  }
  return { inputs: W.length / outputs, outputs };
}

/** Checks that there is one class from 0 to C − 1 per sample: labels or predictions. */
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
    // This check comes first because building the name of each value would be slow.
    if (!(c >= 0 && c < C && Number.isInteger(c))) assertWholeNumber(place, `${name}[${i}]`, c, 0, C - 1);
  }
}

/** Checks that the values are bytes in a Uint8Array or Uint8ClampedArray, of any realm. */
export function assertBytes(place: string, name: string, values: unknown): void {
  const kind = Object.prototype.toString.call(values).slice(8, -1);
  if (!kind.startsWith('Uint8')) fail(place, `${name} must be bytes in a Uint8Array, got ${kind}`);
}

/** Checks the ink of an image: bytes, or floats from 0 to 1. */
export function assertInk(
  place: string,
  ink: Uint8Array | Uint8ClampedArray | Float32Array,
  width: number,
  height: number,
): void {
  assertImage(place, 'ink', ink, width, height, 1);
  if (!(ink instanceof Float32Array)) return;
  for (let k = 0; k < ink.length; k++) {
    // This check comes first because building the name of each value would be slow.
    if (!(ink[k]! >= 0 && ink[k]! <= 1)) assertBetween(place, `ink[${k}]`, ink[k]!, 0, 1);
  }
}

/** Checks that an image has its number of values per pixel. */
export function assertImage(
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

/** Checks that all points of a pen's strokes are finite. */
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

/** Checks a size: a whole number of at least 1. */
export function assertSize(place: string, name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    fail(place, `${name} must be a whole number of at least 1, got ${size}`);
  }
}

/** Checks a whole number between two bounds, both included. */
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

/** Checks a random seed: a whole number that float64 represents exactly. */
export function assertSeed(place: string, seed: number): void {
  assertWholeNumber(place, 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
}

/** Checks a finite number above 0. */
export function assertPositive(place: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) fail(place, `${name} must be a positive number, got ${value}`);
}

/** Checks a finite number of at least 0. */
export function assertNotNegative(place: string, name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) fail(place, `${name} must be a number of at least 0, got ${value}`);
}

/** Checks a number between two bounds, both included. */
export function assertBetween(place: string, name: string, value: number, from: number, to: number): void {
  if (!(value >= from && value <= to))
    fail(place, `${name} must be a number from ${from} to ${to}, got ${value}`);
}

/** Checks a number of at least 0 and below 1. */
export function assertBelowOne(place: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) fail(place, `${name} must be at least 0 and below 1, got ${value}`);
}

/** Checks that a word is one of the known ones. */
export function assertOneOf(place: string, name: string, word: string, known: readonly string[]): void {
  if (!known.includes(word)) fail(place, `${name} must be one of ${known.join(', ')}, got ${word}`);
}

/** Checks that at least one sample is away from ReLU's kink. */
export function assertSomeSamples(place: string, kept: number, m: number, margin: number): void {
  if (kept === 0) {
    fail(place, `x must have a sample with every hidden |z| at least ${margin}, got none in ${m}`);
  }
}

function plural(count: number): string {
  return count === 1 ? 'value' : 'values';
}
