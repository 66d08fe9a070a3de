import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { forward, type Network } from '@micronn/core';
import { normalizeStrokes } from '@micronn/core/digit';
import { digits } from '@micronn/fixtures';
import { beforeAll, expect, inject, test } from 'vitest';
import { networkOfSafetensors } from '../src/desk/model-tensors.ts';
import { readImage } from '../src/desk/reading.ts';
import { useDemoPage } from './demo-page.ts';
import { drawByFinger, drawByMouse, drawnDigits, moved } from './drawing.ts';

const networks = {} as Record<'ten' | 'wide', Network>;

beforeAll(async () => {
  for (const name of ['ten', 'wide'] as const) {
    const file = path.join(inject('rootSite'), 'data', `${name}.safetensors`);
    networks[name] = networkOfSafetensors(await readFile(file));
  }
});

const PIXELS = 784;

const { demo, numbers, page, press, result, told } = useDemoPage('tutorial/draw-a-digit/', 'Draw a digit');
const paper = () => demo().getByRole('application', { name: 'Paper to draw a digit on' });
const probabilities = () => numbers('[data-probabilities]');
const said = (text: string | RegExp) =>
  demo().locator('[data-result]').filter({ hasText: text }).waitFor({ timeout: 15_000 });

test('classifies a drawing by mouse, with the numbers of core', async () => {
  expect(await result()).toBe('No digit to classify: draw one from 0 to 9.');
  await drawByMouse(page(), paper(), drawnDigits[7]!);
  await said('The network of 10 hidden neurons predicts 7');
  await told('predicts 7');
  const strokes = await page().evaluate(() => JSON.parse(sessionStorage.getItem('micronn:drawing')!));
  const image = normalizeStrokes(strokes)!;
  const expected = forward(
    networks.ten,
    Float64Array.from(image, (byte) => byte / 255),
  );
  const shown = await probabilities();
  for (const [k, probability] of expected.probabilities.entries())
    expect(shown[k]).toBeCloseTo(probability, 12);

  // A press of the digit shows its arithmetic.
  await demo().getByRole('button', { name: '7: show its arithmetic' }).click();
  const panel = demo().getByRole('region', { name: 'The arithmetic of output neuron 7' });
  const sums = await panel
    .locator('tfoot data')
    .evaluateAll((all) => all.map((one) => (one as HTMLDataElement).value));
  expect(Number(sums[0])).toBeCloseTo(expected.z[1]![7]!, 12);
  expect(Number(sums[1])).toBeCloseTo(expected.probabilities[7]!, 12);
  await press('Clear');
  await said('No digit to classify');
});

test('classifies the same digit at twice the size and in another corner, by finger', async () => {
  for (const digit of [0, 7]) {
    const small = moved(drawnDigits[digit]!, 0.45, [0.02, 0.5]);
    await drawByFinger(page(), paper(), small);
    await said(`predicts ${digit}`);
    const first = await probabilities();
    await press('Clear');
    await said('No digit to classify');
    await drawByFinger(page(), paper(), moved(drawnDigits[digit]!, 0.9, [0.1, 0.05]));
    await said(`predicts ${digit}`);
    const second = await probabilities();
    expect(second[digit]).toBeCloseTo(first[digit]!, 1);
    await press('Clear');
    await said('No digit to classify');
  }
});

test('is drawn on by keyboard alone: two digits, a removed line, and the announced position', async () => {
  const { keyboard } = page();
  const keys = async (key: string, times: number) => {
    for (let k = 0; k < times; k++) await keyboard.press(key);
  };
  await paper().focus();
  // A one: down from the pen's position.
  await keyboard.press('Space');
  await keys('ArrowDown', 9);
  await keyboard.press('Space');
  await said('predicts 1');
  await demo().getByText('Pen up, column 8, row 12 of 16, 1 line.').waitFor({ state: 'attached' });
  await keyboard.press('Backspace');
  await said('No digit to classify');
  // A seven: across, then diagonally with two arrows at once.
  await keys('ArrowLeft', 3);
  await keyboard.press('Space');
  await keys('ArrowRight', 6);
  await keyboard.down('ArrowLeft');
  await keyboard.press('ArrowDown');
  await keyboard.up('ArrowLeft');
  await keys('ArrowDown', 1);
  await keys('End', 2);
  await keys('ArrowDown', 6);
  await keyboard.press('Enter');
  await said('predicts 7');
  await told('predicts 7');
  await keyboard.press('Delete');
  await said('No digit to classify');
  await keyboard.press('Tab');
  expect(await paper().evaluate((element) => element === document.activeElement)).toBe(false);
});

test('shows two networks side by side, for a digit that they classify differently', async () => {
  await press('A digit that the two networks classify differently');
  await said(
    /The network of 10 hidden neurons predicts (\d).*The network of 128 hidden neurons predicts \d.*The label is \d\.$/,
  );
  const { read, other, label } =
    /predicts (?<read>\d).*neurons predicts (?<other>\d).*label is (?<label>\d)/.exec((await result())!)!
      .groups!;
  expect(read).not.toBe(other);
  const images = digits.pixels();
  const places = digits.labels.flatMap((one, i) => (String(one) === label ? [i] : []));
  const readings = places.map((i) => {
    const image = images.subarray(PIXELS * i, PIXELS * (i + 1));
    return [readImage(networks.ten, image).digit, readImage(networks.wide, image).digit].map(String);
  });
  expect(readings).toContainEqual([read, other]);
  await demo()
    .getByRole('radio', { name: /^128 hidden neurons/ })
    .check();
  await said(`The network of 128 hidden neurons predicts ${other}`);
  expect(
    await demo()
      .getByRole('radio', { name: /^Hidden neuron \d+/ })
      .count(),
  ).toBe(128);
  await demo().getByRole('radio', { name: 'Hidden neuron 5,' }).focus();
  await page().keyboard.press('Space');
  await demo().getByRole('region', { name: 'The arithmetic of hidden neuron 5' }).waitFor();
  // Another such digit keeps the choice of the network, and each column has its network's name.
  await press('A digit that the two networks classify differently');
  await said(/^The network of 128 hidden neurons predicts \d.*The network of 10 hidden neurons predicts/);
  const heads = demo().locator('[data-probabilities] thead th');
  expect(await heads.allInnerTexts()).toEqual(['digit', '128 hidden', '10 hidden']);
  await press('Start again');
  await said('No digit to classify');
});
