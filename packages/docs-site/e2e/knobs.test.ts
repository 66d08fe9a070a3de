import { softmax } from '@micronn/core';
import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

const { z2, a2, loss, afterPass, before, after, label } = workedExample;

describe('a network is knobs', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/neural-network/',
    'Fourteen knobs and one correct answer',
    { keep: true },
  );

  test('learns by mouse and by finger: the first step leads to the numbers of the fixtures', async () => {
    expect((await numbers(`[data-class="${label}"]`))[0]).toBeCloseTo(a2[label]!, 14);
    expect((await numbers('[data-loss]'))[0]).toBeCloseTo(loss, 14);
    await press('Learn: one step');
    for (const [k, value] of afterPass.a2.entries()) {
      expect((await numbers(`[data-class="${k}"]`))[0]).toBeCloseTo(value, 14);
    }
    expect((await numbers('[data-loss]'))[0]).toBeCloseTo(afterPass.loss, 14);
    const knobs = await numbers('label');
    for (const [k, value] of [...after.W1, ...after.b1, ...after.W2, ...after.b2].entries()) {
      expect(knobs[k]).toBeCloseTo(value, 14);
    }
    await tap('Let it learn for 100 steps');
    expect(await result()).toMatch(/^After 101 steps of learning, class 1/);
    expect((await numbers('[data-loss]'))[0]).toBeLessThan(0.05);
    await tap('Start again');
    expect((await numbers('label'))[0]).toBe(before.W1[0]);
  });

  test('is turned by keyboard, and announces its result', async () => {
    const knob = demo().getByRole('slider', { name: 'b2[1]' });
    await knob.focus();
    await page().keyboard.press('End');
    await told('With your changes, class 1, the true class, gets 73.8 %');
    const [probability] = await numbers('[data-class="1"]');
    const turned = softmax(Float64Array.of(z2[0]!, z2[1]! - before.b2[1]! + 1));
    expect(probability).toBeCloseTo(turned[1]!, 14);
    await page().keyboard.press('ArrowLeft');
    expect((await numbers('[data-class="1"]'))[0]).toBeLessThan(probability!);
  });
});
