import { expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';
import { drawByFinger, drawnDigits } from './drawing.ts';

const { demo, numbers, page, result, told } = useDemoPage('', 'Draw a digit');

test('classifies a digit, and the next page has it too', async () => {
  const paper = demo().getByRole('application');
  await drawByFinger(page(), paper, drawnDigits[1]!);
  await told('The network predicts 1');
  expect((await numbers('[data-probabilities]'))[1]).toBeGreaterThan(0.5);
  expect(await result()).toMatch(/^The network predicts 1 with/);
  await page().getByRole('link', { name: 'See each neuron compute your digit' }).click();
  const next = page().getByRole('region', { name: 'Draw a digit' }).locator('[data-result]');
  await next.scrollIntoViewIfNeeded();
  await next.filter({ hasText: 'predicts 1' }).waitFor();
});
