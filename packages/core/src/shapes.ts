/**
 * Every check of sizes and values at core's boundary, with its sentence. Inner loops do not check.
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
  for (const [index, size] of layers.entries()) {
    if (!Number.isSafeInteger(size) || size < 1) {
      fail(place, `layers[${index}] must be a whole number of at least 1, got ${size}`);
    }
  }
}

/** The flat parameter vector of these layers, nothing more and nothing less. */
export function assertParameters(
  place: string,
  name: string,
  values: ArrayLike<number>,
  count: number,
  layers: Layers,
): void {
  if (values.length !== count) {
    fail(place, `${name} must have ${count} values for layers ${layers.join('-')}, got ${values.length}`);
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
    fail(place, `${name} must have as many values as ${otherName}, ${other.length}, got ${values.length}`);
  }
}

/** Whole samples of D values each; gives their number m. */
export function sampleCount(place: string, x: ArrayLike<number>, inputs: number): number {
  if (x.length === inputs) return 1;
  if (x.length === 0 || x.length % inputs !== 0) {
    const got = x.length < inputs ? `${x.length}` : `${x.length}, which is no multiple of it`;
    fail(place, `x must have D = ${inputs} values per sample, got ${got}`);
  }
  return x.length / inputs;
}

/** Rows of C values each; gives their number m. */
export function rowCount(place: string, name: string, values: ArrayLike<number>, C: number): number {
  if (!Number.isSafeInteger(C) || C < 1) fail(place, `C must be a whole number of at least 1, got ${C}`);
  if (values.length === 0 || values.length % C !== 0) {
    fail(place, `${name} must have C = ${C} values per sample, got ${values.length}`);
  }
  return values.length / C;
}

/** A weight matrix W of shape (outputs, inputs) that fits its bias; gives both sizes. */
export function linearShape(
  place: string,
  W: ArrayLike<number>,
  b: ArrayLike<number>,
): { inputs: number; outputs: number } {
  const outputs = b.length;
  if (outputs === 0 || W.length === 0 || W.length % outputs !== 0) {
    fail(place, `W must have a row for each of the ${outputs} values of b, got ${W.length} values`);
  }
  return { inputs: W.length / outputs, outputs };
}

/** One label per sample, each a class from 0 to C − 1. */
export function assertLabels(place: string, labels: ArrayLike<number>, m: number, C: number): void {
  if (labels.length !== m)
    fail(place, `labels must have m = ${m} values, one per sample, got ${labels.length}`);
  for (let i = 0; i < m; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= C) {
      fail(place, `labels[${i}] must be a whole number from 0 to ${C - 1}, got ${label}`);
    }
  }
}

/** A number that a formula needs to be finite and positive (zero too where that is said). */
export function assertPositive(place: string, name: string, value: number, zeroAllowed = false): void {
  if (!Number.isFinite(value) || value < 0 || (value === 0 && !zeroAllowed)) {
    fail(
      place,
      `${name} must be a ${zeroAllowed ? 'number of at least 0' : 'positive number'}, got ${value}`,
    );
  }
}

/** A seed: a whole number that a double holds exactly. */
export function assertSeed(place: string, seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    fail(place, `seed must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}`);
  }
}

/** What a buffer of the caller must hold at the least. */
export function assertCapacity(place: string, name: string, length: number, needed: number): void {
  if (length !== needed) fail(place, `${name} must have ${needed} values, got ${length}`);
}

/** A gradient check needs at least one sample away from ReLU's kink. */
export function assertSomeSamples(place: string, kept: number, m: number, margin: number): void {
  if (kept === 0)
    fail(place, `x must hold a sample with every hidden |z| at least ${margin}, got none in ${m}`);
}
