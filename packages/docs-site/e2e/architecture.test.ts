import { tutorial, workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

const { counts, shapes } = tutorial.examples.network;

describe('layers and shapes', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/architecture/',
    'Layers, shapes and counts',
    { keep: true },
  );

  test("starts with the tutorial's shapes and counts", async () => {
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      expect(await numbers(`[data-tensor="${name}"]`)).toEqual([...shapes[name], counts[name]]);
    }
    expect(await numbers('[data-parameters]')).toEqual([counts.parameters]);
  });

  test('adds and removes layers, by mouse and by finger', async () => {
    await tap('The worked example: 3-2-2');
    const { W1, b1, W2, b2 } = workedExample.before;
    expect(await numbers('[data-parameters]')).toEqual([W1.length + b1.length + W2.length + b2.length]);
    await press('Add a hidden layer');
    expect(await numbers('[data-tensor="W3"]')).toEqual([2, 2, 4]);
    await press('Remove a hidden layer');
    await tap('Remove a hidden layer');
    expect(await result()).toMatch(/^3-2 has 8 parameters/);
    await press('Start again');
    expect(await numbers('[data-parameters]')).toEqual([counts.parameters]);
  });

  test('is set by keyboard, and announced to screen readers', async () => {
    await demo().getByRole('spinbutton', { name: 'Hidden' }).fill('128');
    await told('784-128-10 has 101,770 parameters, needs 101,632 multiplications');
    await demo().getByRole('slider', { name: 'Classes' }).focus();
    await page().keyboard.press('ArrowRight');
    expect(await numbers('[data-tensor="b2"]')).toEqual([11, 1, 11]);
  });
});
