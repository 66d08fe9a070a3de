import { createNetwork, layerViews } from '@micronn/core';
import { tutorial } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

const { counts } = tutorial.examples.network;

/** Count, minimum, mean and maximum of W1, b1, W2 and b2, by core. */
function drawn(seed: number): number[][] {
  const { parameters, layers } = createNetwork([784, 10, 10], { seed });
  return layerViews(parameters, layers)
    .flatMap(({ W, b }) => [W, b])
    .map((values) => [
      values.length,
      Math.min(...values),
      values.reduce((sum, value) => sum + value, 0) / values.length,
      Math.max(...values),
    ]);
}

describe('the initial parameters', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/initialise/',
    'The initial parameters',
    { keep: true },
  );
  const shown = () => Promise.all(['W1', 'b1', 'W2', 'b2'].map((name) => numbers(`[data-tensor="${name}"]`)));
  const bars = () =>
    demo()
      .locator('.bar')
      .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));

  test('are those of core for seed 42, and 7,960 of them', async () => {
    expect(await shown()).toEqual(drawn(42));
    expect(await numbers('tfoot')).toEqual([counts.parameters]);
    expect(await result()).toMatch(/^Seed 42 draws 7,960 numbers\./);
  });

  test('are the same for the same seed, and others for a new one', async () => {
    const first = await bars();
    await press('Same seed');
    expect(await result()).toMatch(/^Seed 42 again: all 7,960 numbers are the same\./);
    expect(await bars()).toEqual(first);
    await tap('New seed');
    expect(await shown()).toEqual(drawn(43));
    expect(await bars()).not.toEqual(first);
    await press('Start again');
    expect(await bars()).toEqual(first);
  });

  test('are drawn by keyboard too, and announced to screen readers', async () => {
    await demo().getByRole('button', { name: 'New seed' }).focus();
    await page().keyboard.press('Enter');
    await told('Seed 43:');
    await demo().getByRole('spinbutton', { name: 'Seed' }).fill('7');
    expect(await shown()).toEqual(drawn(7));
  });
});
