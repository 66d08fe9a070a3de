// Takes the pictures of the site for the root's README (docs/site-*.png) from the built site. In this package's
// folder, after a build:
//
//   pnpm run pictures
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { launchChromium } from '../../../testing/chromium.ts';
import { serveFolder } from '../../../testing/serve-folder.ts';
import { drawByMouse, drawnDigits } from '../e2e/drawing.ts';
import { openPage } from '../e2e/open-page.ts';

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const docs = place('../../../docs');
const viewport = { width: 1180, height: 820 };

/** A palette: a third of the bytes without a visible difference. */
async function keep(picture: Buffer, name: string): Promise<void> {
  await sharp(picture).png({ palette: true, colours: 64 }).toFile(path.join(docs, name));
}

const site = await serveFolder(place('../dist'));
const { browser } = await launchChromium();
try {
  const start = await openPage(browser, site.url, { viewport, colorScheme: 'light' });
  await drawByMouse(start.page, start.page.getByRole('application').first(), drawnDigits[7]!);
  await start.page.locator('[data-probabilities]').first().waitFor();
  await start.page.waitForTimeout(1000);
  await keep(await start.page.screenshot(), 'site-start.png');

  const chapter = await openPage(browser, `${site.url}tutorial/backpropagation/`, {
    viewport,
    colorScheme: 'dark',
  });
  await chapter.page.locator('astro-island').first().scrollIntoViewIfNeeded();
  await chapter.page.evaluate(() => {
    const { top } = document.querySelector('astro-island')!.getBoundingClientRect();
    scrollBy(0, top - 80);
  });
  for (let step = 0; step < 9; step++)
    await chapter.page.getByRole('button', { name: /next/i }).first().click();
  await chapter.page.waitForTimeout(500);
  await keep(await chapter.page.screenshot(), 'site-backpropagation.png');
} finally {
  await browser.close();
  await site.close();
}
