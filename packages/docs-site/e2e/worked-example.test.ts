import { quantityOf, tutorial } from '@micronn/fixtures';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import type { OpenedPage } from './open-page.ts';

let opened: OpenedPage;
let page: Page;

const site = useBuiltSite();

/** The fixtures' name for a number of core's trace. */
const quantityAt = (place: string) =>
  place
    .replace(/^([Wb]\d)/, 'before.$1')
    .replace(/^after\.([za]|expZ|sumExpZ|loss)/, 'afterPass.$1')
    .replace(/^da1/, 'W2TransposedDz2')
    .replace(/^after\.prediction$/, 'prediction.after')
    .replace(/^prediction$/, 'prediction.before');

afterEach(async () => {
  await page.close();
  expect(opened.troubles).toEqual([]);
});

const open = async (query = '') => {
  opened = await site.open(`tutorial/worked-example/${query}`, { hasTouch: true });
  page = opened.page;
};
const demo = () => page.getByRole('region', { name: 'One training step from start to end' });
const next = () => demo().getByRole('button', { name: 'Next' });
const steps = () => demo().getByRole('slider');
const stop = () => demo().locator('[data-stop]');
const result = () => demo().locator('[data-result]').textContent();
const told = (text: string | RegExp) =>
  demo().getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' });
const address = (query: string) => page.waitForURL((url) => url.search === query);

/** Each row of the stop: name, number, and the tutorial's figure. */
const rows = () =>
  stop()
    .locator('[data-place]')
    .evaluateAll((all) =>
      all.map((row) => ({
        place: (row as HTMLElement).dataset['place']!,
        value: Number(row.querySelector('data')!.value),
        text: row.querySelector('data')!.textContent,
        tutorial: row.querySelector('td:last-child')!.textContent,
      })),
    );

test('every number of every stop is that of the fixtures, beside the tutorial’s figure', async () => {
  await open();
  // A figure can occur several times, as −0.1940 and as −0.194.
  const shown = Map.groupBy(tutorial.figures, ({ quantity }) => quantity);
  const slips = new Map(tutorial.slips.map((slip) => [slip.quantity, slip.shown.replace('-', '−')]));
  let compared = 0;
  let slipped = 0;
  for (let at = 1; at <= 29; at++) {
    await next().click();
    for (const { place, value, text, tutorial: said } of await rows()) {
      const quantity = quantityAt(place);
      expect(Math.abs(value - quantityOf(quantity)), place).toBeLessThan(1e-14);
      expect(Number(text.replace('−', '-')), place).toBe(value === 0 ? 0 : value);
      if (slips.has(quantity)) {
        expect(said, place).toMatch(new RegExp(`^${slips.get(quantity)!} slip: `));
        slipped++;
      } else if (shown.has(quantity)) {
        const texts = shown.get(quantity)!.map((figure) => figure.shown.replace('-', '−'));
        expect(texts, place).toContain(said);
        compared++;
      }
    }
  }
  expect(slipped).toBe(7);
  expect(compared).toBeGreaterThan(50);
  await address('?step=after.prediction');
});

test('the address selects a stop, follows a touch, and is in the link', async () => {
  await open('?step=after.z1');
  await stop().getByText('slip: 0.1984').waitFor();
  expect(await result()).toContain(
    'The tutorial has a slip here: it says 0.1979, the exact value is 0.19836.',
  );
  expect(await demo().getByRole('link', { name: 'Link to this stop' }).getAttribute('href')).toBe(
    '?step=after.z1',
  );
  await demo().getByRole('button', { name: '4 Backpropagation' }).tap();
  await address('?step=dz2');
  await page.reload();
  await demo().getByText('At the output the gradient').first().waitFor();
  expect(await stop().getAttribute('data-stop')).toBe('dz2');
  await demo().getByRole('button', { name: 'Start again' }).tap();
  await address('');
});

test('by keyboard alone, and its result is announced', async () => {
  await open();
  await steps().focus();
  await page.keyboard.press('End');
  await told(/^After the step it predicts the true class/);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  expect(await stop().getAttribute('data-stop')).toBe('z1');
  await told('z1 = −0.02000, 0.14000');
  await demo().getByRole('button', { name: '3 The loss' }).press('Enter');
  expect(await demo().locator('[aria-current="step"]').textContent()).toBe('3 The loss');
  await address('?step=y');
});
