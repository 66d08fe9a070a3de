import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Network } from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { describeContributions } from '../src/demos/inside/describe-contributions.ts';
import { decodeModelFile, encodeModelFile } from '../src/demos/inside/model-file.ts';
import { networkOfSafetensors } from '../src/desk/model-tensors.ts';
import { pixelContributions, readImage } from '../src/desk/reading.ts';
import { useDemoPage } from './demo-page.ts';
import { drawByFinger, drawnDigits } from './drawing.ts';

let network: Network;

beforeAll(async () => {
  network = networkOfSafetensors(await readFile(path.join(inject('rootSite'), 'data', 'ten.safetensors')));
});

describe('inside the network', () => {
  const { demo, page, press, told } = useDemoPage('tutorial/inside-the-network/', 'Inside the network');
  const said = (text: string | RegExp) => demo().locator('[data-result]').filter({ hasText: text }).waitFor();
  const three = digits.labels.indexOf(3);
  const image = digits.pixels().subarray(784 * three, 784 * (three + 1));
  const contributions = (layer: number, neuron: number) =>
    describeContributions(
      { layer, neuron },
      layer === 2,
      pixelContributions(network, readImage(network, image).pass, layer, neuron),
    );

  test('has the contributions of the pixels to a neuron that core computes; by mouse and by keyboard', async () => {
    await said(contributions(1, 0));
    await demo()
      .getByRole('radio', { name: /^Hidden neuron 3,/ })
      .click();
    await said(contributions(1, 3));
    await page().keyboard.press('ArrowRight');
    await told(contributions(1, 4));
    await demo()
      .getByRole('radio', { name: /^Output 7,/ })
      .focus();
    await page().keyboard.press('Space');
    await told(contributions(2, 7));
  });

  test('works by touch, and with a drawn digit', async () => {
    await demo().getByText('Draw another digit', { exact: true }).tap();
    await drawByFinger(page(), demo().getByRole('application'), drawnDigits[1]!);
    await demo().getByText('Your digit').waitFor();
    await demo()
      .getByRole('button', { name: /^What supports the \d$/ })
      .tap();
    await said(/^Score of the digit \d: pixels add/);
  });

  test.each([
    ['safetensors', 'safetensors'],
    ['json', 'JSON'],
    ['npz', 'NumPy .npz'],
  ] as const)('saves its weights as %s, and loads them again', async (format, name) => {
    await said(contributions(1, 0));
    const waiting = page().waitForEvent('download');
    await press(name);
    const download = await waiting;
    expect(download.suggestedFilename()).toBe(`micronn-10.${format}`);
    const bytes = await readFile(await download.path());
    expect(decodeModelFile(bytes)).toEqual(network);

    // With another number in the file, the network is a different one.
    const changed = {
      ...network,
      parameters: network.parameters.with(7840, network.parameters[7840]! + 100),
    };
    await demo()
      .getByLabel('Import weights')
      .setInputFiles({
        name: `mine.${format}`,
        mimeType: '',
        buffer: Buffer.from(encodeModelFile(changed, format)),
      });
    await told(`mine.${format} is loaded: 784 → 10 → 10`);
    expect(await demo().getByRole('radio', { name: 'Yours 10 hidden neurons' }).isChecked()).toBe(true);
    await demo()
      .getByRole('radio', { name: /^Hidden neuron 0, active with \d{2,3}\./ })
      .waitFor({ state: 'attached' });
  });

  test('names the error in a file that is not a network', async () => {
    await said(contributions(1, 0));
    await demo()
      .getByLabel('Import weights')
      .setInputFiles({ name: 'poem.json', mimeType: '', buffer: Buffer.from('{"rose": "red"}') });
    await told('Could not load poem.json: expected a model to have format, version');
  });
});
