// Makes the picture of a report for the root's README (docs/report.png): trains with the defaults, opens the report, and
// puts its top in the light theme next to the rest in the dark theme. In the folder of this package:
//
//   pnpm run picture
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import { launchChromium } from '../../../testing/chromium.ts';

/** The size of a column of the picture, in CSS pixels. */
const COLUMN = { width: 760, height: 1450 };
const GAP = 24;
/** The scale that fits the width of the README. */
const SCALE = 0.6;
/** Levels from black to white that are kept: fewer levels halve the file at little loss. */
const LEVELS = 26;

const place = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A screenshot of the page from the top of an element. */
async function column(
  browser: Browser,
  file: string,
  colorScheme: 'light' | 'dark',
  from: string,
): Promise<string> {
  const page = await browser.newPage({ viewport: COLUMN, colorScheme, deviceScaleFactor: SCALE });
  await page.goto(pathToFileURL(file).href);
  const { y } = (await page.locator(from).boundingBox())!;
  const image = await page.screenshot({ clip: { x: 0, y, ...COLUMN }, fullPage: true });
  await page.close();
  return `data:image/png;base64,${image.toString('base64')}`;
}

function roundColours(picture: Uint8Array): Uint8Array {
  const png = PNG.sync.read(Buffer.from(picture));
  for (const [k, value] of png.data.entries()) {
    png.data[k] = Math.round((Math.round((value * LEVELS) / 255) * 255) / LEVELS);
  }
  return PNG.sync.write(png, { filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
}

const folder = await mkdtemp(path.join(tmpdir(), 'micronn-picture-'));
const { browser } = await launchChromium();
try {
  const run = path.join(folder, 'run');
  await promisify(execFile)(process.execPath, [place('../bin/micronn.mjs'), '--out', run], {
    env: { ...process.env, INIT_CWD: folder },
  });
  const report = path.join(run, 'report.html');
  const columns = [
    await column(browser, report, 'light', 'body'),
    await column(browser, report, 'dark', 'section[aria-labelledby="mistakes"]'),
  ];
  const page = await browser.newPage({
    viewport: {
      width: Math.round((2 * COLUMN.width + GAP) * SCALE),
      height: Math.round(COLUMN.height * SCALE),
    },
  });
  await page.setContent(`<style>
    body { margin: 0; display: flex; justify-content: space-between }
    img { display: block; box-sizing: border-box; border: 1px solid #8a93a666; border-radius: 12px }
  </style>${columns.map((image) => `<img src="${image}">`).join('')}`);
  const picture = roundColours(await page.screenshot({ omitBackground: true }));
  await writeFile(place('../../../docs/report.png'), picture);
  process.stdout.write(`docs/report.png, ${Math.round(picture.length / 1000)} kB\n`);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
