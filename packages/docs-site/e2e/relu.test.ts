import { workedExample } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { dragByFinger, dragByMouse, PATIENCE, useDemoPage } from './demo-page.ts';

const { z1, a1, dz1, reluDerivativeZ1, W2TransposedDz2, dW1 } = workedExample;

describe('ReLU', () => {
  const { demo, page, numbers, result, told, press, tap } = useDemoPage(
    'tutorial/relu/',
    'ReLU and an inactive neuron',
    { keep: true },
  );
  const row = (name: string) => numbers(`[data-row="${name}"]`);
  const plot = (name: RegExp) => demo().getByRole('img', { name });

  test('starts with the hidden layer of the fixtures, neuron 0 inactive', async () => {
    for (const [name, values] of Object.entries({
      z: z1,
      a: a1,
      arriving: W2TransposedDz2,
      derivative: reluDerivativeZ1,
      dz: dz1,
    })) {
      const shown = await row(name);
      for (const [k, value] of values.entries()) expect(shown[k], name).toBeCloseTo(value, 14);
    }
    const gradients = await numbers('[data-matrix="dW1"]');
    for (const [k, value] of dW1.entries()) expect(gradients[k]).toBeCloseTo(value, 14);
    expect(await result()).toMatch(/^Neuron 0 is inactive: ReLU turns z1\[0\] = −0\.02000/);
  });

  test('is active after a press, and inactive again after a reset', async () => {
    await press('Activate neuron 0: raise its bias to 0.2');
    expect((await row('a'))[0]).toBeCloseTo(0.08, 14);
    expect((await row('dz'))[0]).toBe((await row('arriving'))[0]);
    await tap('Exactly at the kink');
    expect(await row('z')).toEqual([0, z1[1]]);
    expect((await row('derivative'))[0]).toBe(0);
    await tap('Start again');
    expect((await row('z'))[0]).toBeCloseTo(z1[0]!, 14);
  });

  test('is activated by dragging with the mouse, and deactivated with a finger', async () => {
    const sum = async () => (await row('z'))[0];
    await dragByMouse(page(), plot(/^ReLU:/), 0.8, () => expect.poll(sum, PATIENCE).toBeGreaterThan(0.1));
    await expect.poll(sum, PATIENCE).toBeGreaterThan(0.4);
    expect((await row('a'))[0]).toBe(await sum());
    await dragByFinger(page(), plot(/^The derivative/), 0.2, () =>
      expect.poll(sum, PATIENCE).toBeLessThan(-0.1),
    );
    await expect.poll(sum, PATIENCE).toBeLessThan(-0.4);
    expect((await row('derivative'))[0]).toBe(0);
  });

  test('is activated by keyboard, and announced to screen readers', async () => {
    await demo().getByRole('slider', { name: 'z1[0]' }).focus();
    for (let k = 0; k < 3; k++) await page().keyboard.press('ArrowRight');
    await told('Neuron 0 is active: z1[0] = 0.01000');
    await demo().getByRole('spinbutton', { name: 'b1[0]' }).fill('0.1');
    expect(await result()).toMatch(/^Neuron 0 is inactive: ReLU turns z1\[0\] = −0\.02000/);
  });
});
