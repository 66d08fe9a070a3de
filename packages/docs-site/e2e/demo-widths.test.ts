import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { useBuiltSite } from './built-site.ts';

let page: Page;

const site = useBuiltSite();

beforeAll(async () => {
  ({ page } = await site.open('demos/'));
});

// Without a sidebar, with one, with two, and with a wide window.
test.each([360, 800, 820, 1152, 1200, 1280, 1600])(
  'no control of a demo leaves its card or covers another one at %i pixels',
  async (width) => {
    await page.setViewportSize({ width, height: 800 });
    const wrong = await page.evaluate(() => {
      const found: string[] = [];
      const cards = document.querySelectorAll('.demo');
      if (cards.length < 10) found.push(`only ${cards.length} demos`);
      for (const card of cards) {
        const edge = card.getBoundingClientRect().right;
        const parts = [...card.querySelectorAll('input, select, button, label, legend')].filter((part) =>
          part.checkVisibility({ opacityProperty: true }),
        );
        const boxes = parts.map((part) => part.getBoundingClientRect());
        for (const [k, box] of boxes.entries()) {
          const name = `${card.querySelector('.title')?.textContent}: ${parts[k]!.outerHTML.slice(0, 80)}`;
          if (box.right > edge) found.push(`${name} sticks out by ${box.right - edge} px`);
          for (const [j, other] of boxes.entries()) {
            if (j <= k || parts[k]!.contains(parts[j]!) || parts[j]!.contains(parts[k]!)) continue;
            const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
            const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
            if (across > 1 && down > 1) found.push(`${name} lies over ${parts[j]!.outerHTML.slice(0, 80)}`);
          }
        }
      }
      return found;
    });
    expect(wrong).toEqual([]);
  },
);
