import { existsSync } from 'node:fs';
import { type Browser, firefox } from 'playwright-core';

const places = [
  '/usr/bin/firefox',
  '/usr/bin/firefox-esr',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Starts the Firefox that FIREFOX_PATH names, or that is installed, without a window. */
export async function launchFirefox(): Promise<Browser> {
  const executablePath = process.env['FIREFOX_PATH'] ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error('no Firefox is installed; FIREFOX_PATH may name one');
  // Under this channel Playwright speaks to Mozilla's own builds.
  return await firefox.launch({ channel: 'moz-firefox', executablePath });
}
