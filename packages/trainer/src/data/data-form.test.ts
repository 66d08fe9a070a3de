import { createNetwork } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { loadOptions } from '../../test/load-options.ts';
import { DATA_FORM, differenceOf, formOf, readForm, writeForm } from './data-form.ts';
import { MNIST_FORM } from './mnist-form.ts';
import { sharedBytes } from './samples.ts';
import { readSource } from './source/read-source.ts';
import type { RawSet } from './source.ts';
import { type MeaningOptions, type UnderstoodSet, understand } from './understand.ts';

const pixels = digits.pixels();

function understoodOf(images: Uint8Array, options: MeaningOptions = {}): UnderstoodSet {
  const places = sharedBytes(digits.count);
  places.set(digits.labels);
  const raw: RawSet = {
    width: 28,
    height: 28,
    count: digits.count,
    images,
    labels: { places, values: Array.from('0123456789') },
    told: [],
  };
  return understand(raw, 'digits', options);
}

const transposed = pixels.map((_, k) => pixels[k - (k % 784) + 28 * (k % 28) + Math.floor((k % 784) / 28)]!);
const negative = pixels.map((level) => 255 - level);

const unwarned = (code: string): void => expect.unreachable(code);

function warningsOf(set: UnderstoodSet): string[] {
  const warnings: string[] = [];
  formOf(set, (code, message) => warnings.push(`${code}: ${message}`));
  return warnings;
}

test('upright digits, white on black, are warned of by nothing', () => {
  expect(warningsOf(understoodOf(pixels))).toEqual([]);
});

test('transposed digits are warned of, and not if the option turns them', () => {
  expect(warningsOf(understoodOf(transposed))).toEqual([
    'DATA_TURNED: the digits lie transposed: --transpose turns them upright, and the model remembers it',
  ]);
  expect(warningsOf(understoodOf(transposed, { transpose: true }))).toEqual([]);
});

test('black on white is warned of, and not if the option exchanges them', () => {
  expect(warningsOf(understoodOf(negative))[0]).toMatch(/^DATA_INVERTED: the images are black on white/);
  expect(warningsOf(understoodOf(negative, { invert: true }))).toEqual([]);
  expect(warningsOf(understoodOf(pixels, { invert: true }))[0]).toMatch(/with --invert .*: leave it out$/);
});

test('a form survives in a model’s metadata', () => {
  const form = formOf(understoodOf(pixels), unwarned);
  const layers = createNetwork([784, 10, 10], { seed: 1, init: 'he' }).layers;
  expect(readForm({ [DATA_FORM]: writeForm(form) }, layers)).toEqual(form);
});

test('a form that does not fit the layers, or is none, is not believed', () => {
  const text = writeForm(formOf(understoodOf(pixels), unwarned));
  expect(readForm({ [DATA_FORM]: text }, [784, 10, 11])).toBeUndefined();
  expect(readForm({ [DATA_FORM]: text }, [783, 10, 10])).toBeUndefined();
  for (const broken of ['', '{}', 'null', '{"width":28}', text.slice(0, -1)])
    expect(readForm({ [DATA_FORM]: broken }, [784, 10, 10])).toBeUndefined();
});

test('a model without a form has learned so many classes of so many pixels', () => {
  expect(readForm({}, [784, 10, 10])).toMatchObject({
    width: 28,
    height: 28,
    classes: { names: Array.from('0123456789') },
  });
  expect(readForm({}, [15, 4, 3])).toBeUndefined();
  expect(readForm({}, [15, 4, 3], { width: 5, height: 3 })).toMatchObject({
    width: 5,
    classes: { values: ['0', '1', '2'] },
  });
});

test('a set that differs from the learned one is told from one that does not', () => {
  const form = formOf(understoodOf(pixels), unwarned);
  expect(differenceOf(understoodOf(pixels).samples, form)).toBeUndefined();
  expect(differenceOf(understoodOf(negative).samples, form)).toEqual({ kind: 'inverted' });
  expect(differenceOf(understoodOf(transposed).samples, form)).toMatchObject({ orientation: 'transposed' });
});

test('the form of MNIST that is kept is the one that is measured', async () => {
  const { train } = await readSource('mnist', {}, loadOptions());
  expect(MNIST_FORM).toBe(writeForm(formOf(understand(train!, 'mnist'), unwarned)));
});
