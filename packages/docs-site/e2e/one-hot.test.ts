import { tutorial, workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { useDemoPage } from './demo-page.ts';

const { oneHot, argmax } = tutorial.examples;

describe('one-hot', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/one-hot/',
    'A label as a vector',
    { keep: true },
  );
  const label = (name: string) => demo().getByRole('radio', { name, exact: true }).first();
  const vector = async (classes: number) => {
    const rows = await Promise.all(Array.from({ length: classes }, (_, k) => numbers(`[data-class="${k}"]`)));
    return rows.map(([y]) => y);
  };

  test('starts with the 3 of the fixtures, and selects its probability', async () => {
    expect(await vector(10)).toEqual(oneHot.find((one) => one.label === 3 && one.classes === 10)!.vector);
    expect(await numbers('tfoot')).toEqual([argmax.probabilities[argmax.prediction]]);
  });

  test('gives the vectors of the fixtures, by mouse, by finger and by keyboard', async () => {
    const vectorOf = (wanted: number) =>
      oneHot.find((one) => one.label === wanted && one.classes === 10)!.vector;
    await label('7').click();
    expect(await vector(10)).toEqual(vectorOf(7));
    await label('1').tap();
    expect(await vector(10)).toEqual(vectorOf(1));
    await page().keyboard.press('ArrowLeft');
    expect(await vector(10)).toEqual(vectorOf(0));
    await told('Label 0 of 10 classes is [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]');
  });

  test('has the two classes of the worked example, and rejects a label that is not one of them', async () => {
    await tap('The worked example: two classes');
    expect(await vector(2)).toEqual(workedExample.y);
    expect((await numbers('tfoot'))[0]).toBeCloseTo(workedExample.a2[1]!, 14);
    await label('0').click();
    expect(await vector(2)).toEqual(workedExample.yIfLabel0);
    await label('3').click();
    expect(await result()).toBe(
      'This label has no one-hot vector. oneHot: labels[0] must be a whole number from 0 to 1, got 3.',
    );
    await press('Start again');
    expect(await vector(10)).toHaveLength(10);
  });
});
