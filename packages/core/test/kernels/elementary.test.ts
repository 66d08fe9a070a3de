import { describe, expect, test } from 'vitest';
import { compileKernels as compileAssembly } from '../../scripts/build-kernels.ts';
import {
  compileKernels,
  createKernelMemory,
  instantiateKernels,
  KERNEL_BYTES,
} from '../../src/kernels/compile.ts';

/** The kernels' exp and log, compiled separately, because the kernels do not export them. */
interface Elementary {
  expInPlace(at: number, end: number): void;
  logInPlace(at: number, end: number): void;
}

const COUNT = 1 << 16;
const AT = KERNEL_BYTES;
const memory = createKernelMemory(AT + 4 * COUNT, { shared: true });
const module = new WebAssembly.Module(await compileAssembly('elementary.ts'));
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Elementary;
const floats = new Float32Array(memory.buffer, AT, COUNT);
const words = new Uint32Array(memory.buffer, AT, COUNT);
const results = new DataView(memory.buffer, AT);

const numberAt = (view: DataView, k: number): number => view.getFloat32(4 * k, true);

/** The distance from one float32 to the next at this size; 2⁻¹⁴⁹ among the denormals. */
function ulp(value: number): number {
  const magnitude = Math.abs(value);
  return magnitude < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** The largest error of exp over the float32 whose bits are from, from + step, …, below to. */
function farthestExp(from: number, to: number, step: number): number {
  let farthest = 0;
  for (let start = from; start < to; start += step * COUNT) {
    for (let k = 0; k < COUNT; k++) words[k] = start + k * step;
    const inputs = new DataView(floats.slice().buffer);
    kernels.expInPlace(AT, AT + 4 * COUNT);
    for (let k = 0; k < COUNT; k++) {
      const x = numberAt(inputs, k);
      if (Number.isNaN(x)) continue;
      const exact = Math.exp(x);
      // A result above the range of float32 rounds to infinity.
      const expected = Math.fround(exact) === Infinity ? Infinity : exact;
      const result = numberAt(results, k);
      if (expected === result) continue;
      farthest = Math.max(farthest, Math.abs(result - expected) / ulp(expected));
    }
  }
  return farthest;
}

test('the constants end before the memory that the host plans', async () => {
  const { constantsEnd } = instantiateKernels(await compileKernels({ shared: true }), memory);
  expect(constantsEnd.value).toBeGreaterThan(0);
  expect(constantsEnd.value).toBeLessThanOrEqual(KERNEL_BYTES);
});

describe('exp of the kernels', () => {
  // Every 61st float32 of either sign: 70 million.
  test('is within 2 ulp of float64 over the whole range, denormal results included', {
    timeout: 120_000,
  }, () => {
    expect(farthestExp(0x00000000, 0x7f800000, 61)).toBeLessThanOrEqual(2);
    expect(farthestExp(0x80000000, 0xff800000, 61)).toBeLessThanOrEqual(2);
  });

  test('is within 2 ulp for every float32 from −1 to −0.5 and from −88 to −87', () => {
    const bits = (value: number): number => new DataView(Float32Array.of(value).buffer).getUint32(0, true);
    expect(farthestExp(bits(-0.5), bits(-1), 1)).toBeLessThanOrEqual(2);
    expect(farthestExp(bits(-87), bits(-88), 1)).toBeLessThanOrEqual(2);
  });

  test('has the right values for 0, infinities, NaN and the ends of the range', () => {
    floats.fill(0);
    floats.set([0, -0, Infinity, -Infinity, Number.NaN, 88.7, 88.8, -103.9, -104.1, 1]);
    kernels.expInPlace(AT, AT + 48);
    expect([...floats.subarray(0, 5)]).toEqual([1, 1, Infinity, 0, Number.NaN]);
    expect(floats[5]).toBeLessThan(Infinity);
    expect([...floats.subarray(6, 9)]).toEqual([Infinity, 2 ** -149, 0]);
    expect(floats[9]).toBe(Math.fround(Math.E));
  });
});

describe('log of the kernels', () => {
  test('is within 1 ulp of float64 over all positive float32, denormals included (every 61st)', {
    timeout: 120_000,
  }, () => {
    let farthest = 0;
    for (let start = 1; start < 0x7f800000; start += 61 * COUNT) {
      for (let k = 0; k < COUNT; k++) words[k] = Math.min(start + k * 61, 0x7f7fffff);
      const inputs = new DataView(floats.slice().buffer);
      kernels.logInPlace(AT, AT + 4 * COUNT);
      for (let k = 0; k < COUNT; k++) {
        const expected = Math.log(numberAt(inputs, k));
        const result = numberAt(results, k);
        if (expected !== result) farthest = Math.max(farthest, Math.abs(result - expected) / ulp(expected));
      }
    }
    expect(farthest).toBeLessThanOrEqual(1);
  });

  test('has the right values for 0, 1, infinity, negative numbers and NaN', () => {
    floats.set([0, -0, 1, Infinity, -Infinity, -1, Number.NaN, 2 ** -149]);
    kernels.logInPlace(AT, AT + 32);
    expect([...floats.subarray(0, 8)]).toEqual([
      -Infinity,
      -Infinity,
      0,
      Infinity,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Math.fround(-149 * Math.LN2),
    ]);
  });
});
