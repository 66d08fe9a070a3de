import { tutorial, workedExample } from '@micronn/fixtures';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import type { OpenedPage, openPage } from './open-page.ts';

let opened: OpenedPage;
let page: Page;

const site = useBuiltSite();

async function open(options: Parameters<typeof openPage>[2] = {}): Promise<void> {
  opened = await site.open('', options);
  page = opened.page;
}

/** The numbers of a cell in full precision. */
async function cell(name: string): Promise<number[]> {
  const values = page.locator(`[data-cell="${name}"] data`);
  return values.evaluateAll((all) => all.map((data) => Number.parseFloat((data as HTMLDataElement).value)));
}

/** Chromium's exponential can differ from NumPy's in the last bit, and so can the results. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs(actual[k]! - value)).toBeLessThan(1e-14);
}

const stepButton = () => page.getByRole('button', { name: 'One step of gradient descent' });
const restartButton = () => page.locator('.worked-step').getByRole('button', { name: 'Start again' });
const learningRate = () => page.getByRole('slider', { name: 'Learning rate' });
const loss = () => page.locator('[data-loss]').textContent();
const status = () => page.locator('.worked-step').getByRole('status').textContent();

/** Opens the page for each test, and requires that there are no errors, no warnings, and no requests to other hosts. */
function openForEachTest(): void {
  beforeEach(() => open());
  afterEach(async () => {
    await page.close();
    expect(opened.troubles).toEqual([]);
  });
}

describe('the worked example', () => {
  openForEachTest();

  test('shows the first forward pass before anything is pressed', async () => {
    expect(await loss()).toBe('0.70118');
    expectClose(await cell('z1'), workedExample.z1);
    expectClose(await cell('a2'), workedExample.a2);
    expect(await cell('dz2')).toEqual([Number.NaN, Number.NaN]);
    expect(await page.locator('[data-cell="dz2"]').textContent()).not.toMatch(/\d\.\d/);
  });

  test('computes one step in the page, from 0.70118 to 0.63372, with the numbers of the fixtures in every cell', async () => {
    await stepButton().click();
    expect(await loss()).toBe('0.63372');
    expect(await status()).toBe(
      'Step 1: the loss fell from 0.70118 to 0.63372. The network now gives 53.1 % for class 1, so it predicts 1, which is correct.',
    );
    const { afterPass, after } = workedExample;
    expectClose(await cell('dz2'), workedExample.dz2);
    expectClose(await cell('dW2'), workedExample.dW2);
    expectClose(await cell('da1'), workedExample.W2TransposedDz2);
    expectClose(await cell('dz1'), workedExample.dz1);
    expectClose(await cell('dW1'), workedExample.dW1);
    expectClose(await cell('after.W1'), after.W1);
    expectClose(await cell('after.b2'), after.b2);
    expectClose(await cell('after.z2'), afterPass.z2);
    expectClose(await cell('after.a2'), afterPass.a2);
    expectClose(await cell('after.loss'), [afterPass.loss]);
  });

  test('takes another step with another learning rate', async () => {
    await learningRate().fill('4');
    expect(await page.locator('[data-rate]').textContent()).toBe('1');
    await stepButton().click();
    const { before, db2 } = workedExample;
    expectClose(await cell('after.b2'), [before.b2[0]! - db2[0]!, before.b2[1]! - db2[1]!]);
    expect(await page.locator('[data-formula="after.b2"]').textContent()).toBe('b2 − 1·db2');
  });

  test('takes more steps with a falling loss, and returns to its start', async () => {
    const losses: number[] = [Number(await loss())];
    for (let k = 0; k < 5; k++) {
      await stepButton().click();
      losses.push(Number(await loss()));
    }
    expect(losses).toEqual([...losses].toSorted((a, b) => b - a));
    expect(new Set(losses).size).toBe(6);
    expect(await page.locator('.path polyline').getAttribute('points')).toMatch(/^(\S+ ){5}\S+$/);

    await restartButton().click();
    expect(await loss()).toBe('0.70118');
    expect(await cell('dz2')).toEqual([Number.NaN, Number.NaN]);
    await stepButton().click();
    expect(await loss()).toBe('0.63372');
  });
});

describe('the controls and the table of the worked example', () => {
  openForEachTest();

  test('work by keyboard alone', async () => {
    await stepButton().focus();
    await page.keyboard.press('Enter');
    expect(await loss()).toBe('0.63372');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await loss()).toBe('0.70118');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    expect(await learningRate().getAttribute('aria-valuetext')).toBe('0.3');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect(Number(await loss())).toBeLessThan(0.63);
  });

  test('have a header for each column and each quantity', async () => {
    const table = page.getByRole('table', { name: 'Every quantity of the step' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'Quantity',
      'Before ↓ forward',
      'Gradient ↑ backward',
      'After ↓ update, forward again',
    ]);
    const quantities = await table.getByRole('rowheader').allInnerTexts();
    expect(quantities.map((text) => text.replaceAll(/\s/g, '')).join(' ')).toBe(
      'x W1 b1 z1 a1 W2 b2 z2 a2 y loss',
    );
  });

  test('are followed by each slip of the tutorial, with the exact value', async () => {
    await page.getByText('Where the tutorial’s printed numbers differ').click();
    expect(await page.locator('.slips li').count()).toBe(tutorial.slips.length);
    expect(await page.locator('.slips').textContent()).toContain(
      'z1[1] after the step: the tutorial has 0.1979, the exact value is 0.19836.',
    );
  });
});

describe('the page', () => {
  afterEach(() => page.close());

  const widths = [360, 390, 768, 1280];
  test.each(widths)('at %i pixels does not scroll sideways, and its table stays a table', async (width) => {
    await open({ viewport: { width, height: 844 } });
    await stepButton().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // The panel does not cut off any part of the demo.
    const overhang = await page.locator('.worked-step').evaluate((panel) => {
      const right = panel.getBoundingClientRect().right;
      const visible = [...panel.querySelectorAll('td *, button, label, p')];
      return Math.max(...visible.map((element) => element.getBoundingClientRect().right - right));
    });
    expect(overhang).toBeLessThanOrEqual(0);
    expect(await page.locator('.worked-step').getByRole('table').first().getByRole('rowheader').count()).toBe(
      11,
    );
    expect(opened.troubles).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'in %s has a contrast of 4.5 for every quantity',
    async (colorScheme) => {
      await open({ colorScheme });
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme);
      const contrasts = await page.locator('.worked-step').evaluate((panel) => {
        const luminance = (color: string): number => {
          const [r, g, b] = color.match(/[\d.]+/g)!.map((channel) => {
            const c = Number.parseFloat(channel) / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        const ground = luminance(getComputedStyle(panel).backgroundColor);
        return [...panel.querySelectorAll('.quantity, .how, .status, td data')].map((element) => {
          const text = luminance(getComputedStyle(element).color);
          return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
        });
      });
      expect(contrasts.length).toBeGreaterThan(50);
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
      expect(opened.troubles).toEqual([]);
    },
  );

  test('shows its numbers without JavaScript too', async () => {
    await open({ javaScriptEnabled: false });
    expect(await loss()).toBe('0.70118');
    expect(await page.locator('[data-cell="z1"] data').allInnerTexts()).toEqual(['−0.02000', '0.14000']);
  });

  test('has the number of parameters of the network', async () => {
    await open();
    expect(await page.locator('.network-picture figcaption').textContent()).toContain(
      '7,960 weights and biases',
    );
  });
});

test('an unknown address gets the 404 page', async () => {
  await open();
  const response = await page.goto(`${site.url()}nowhere/`);
  expect(response!.status()).toBe(404);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Page not found');
  await page.close();
});
