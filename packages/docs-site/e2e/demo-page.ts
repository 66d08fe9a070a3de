import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { useBuiltSite } from './built-site.ts';
import type { OpenedPage } from './open-page.ts';

/** The demo of a page, at its start in each test. */
export interface DemoPage {
  readonly page: () => Page;
  readonly demo: () => Locator;
  /** The visible result. */
  readonly result: () => Promise<string | null>;
  /** Waits until a sentence with this text is announced to screen readers. */
  readonly told: (text: string) => Promise<void>;
  readonly press: (button: string) => Promise<void>;
  readonly tap: (button: string) => Promise<void>;
  /** The numbers in a part of the demo, in full precision. */
  readonly numbers: (selector: string) => Promise<number[]>;
}

/**
 * Opens a page of the built site before each test of a file, and closes it afterwards. An error or warning of the page
 * in between fails the test.
 *
 * @param address the page, as `tutorial/relu/`
 * @param title title of the demo
 * @param keep open the page once and reset its demo before each test, which is faster: for demos whose state the reset
 * clears completely
 */
export function useDemoPage(
  address: string,
  title: string,
  { keep = false }: { keep?: boolean } = {},
): DemoPage {
  const site = useBuiltSite();
  let opened: OpenedPage | undefined;

  beforeEach(async () => {
    if (opened) await button('Start again').dispatchEvent('click');
    else opened = await site.open(address, { hasTouch: true });
  });

  afterEach(async () => {
    const { page, troubles } = opened!;
    if (!keep) {
      opened = undefined;
      await page.close();
    }
    expect(troubles).toEqual([]);
  });

  const demo = () => opened!.page.getByRole('region', { name: title });
  const button = (name: string) => demo().getByRole('button', { name, exact: true });
  return {
    page: () => opened!.page,
    demo,
    result: () => demo().locator('[data-result]').textContent(),
    told: (text) => demo().getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' }),
    press: (name) => button(name).click(),
    tap: (name) => button(name).tap(),
    numbers: (selector) =>
      demo()
        .locator(selector)
        .locator('data')
        .evaluateAll((all) => all.map((data) => Number((data as HTMLDataElement).value))),
  };
}

/** For `expect.poll`: a move takes effect with one of the next frames, and a busy machine draws few. */
export const PATIENCE = { timeout: 15_000 };

/**
 * Drags in a plot with the mouse, from its middle to a share of its width.
 *
 * @param look checks the page before the button is released
 */
export async function dragByMouse(
  page: Page,
  plot: Locator,
  share: number,
  look: () => Promise<void>,
): Promise<void> {
  const { x, y, width, height } = await boxOf(plot);
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * share, y + height / 3, { steps: 3 });
  await look();
  await page.mouse.up();
}

/** The same with a finger. */
export async function dragByFinger(
  page: Page,
  plot: Locator,
  share: number,
  look: () => Promise<void>,
): Promise<void> {
  const { x, y, width, height } = await boxOf(plot);
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at === undefined ? [] : [{ x: at, y: y + height / 2 }],
    });
  const [from, to] = [x + width / 2, x + width * share];
  await touch('touchStart', from);
  for (const part of [0.2, 0.5, 1]) await touch('touchMove', from + (to - from) * part);
  await look();
  await touch('touchEnd');
}

async function boxOf(plot: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await plot.scrollIntoViewIfNeeded();
  return (await plot.boundingBox())!;
}
