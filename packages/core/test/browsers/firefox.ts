import { existsSync } from 'node:fs';
import { type Browser, firefox } from 'playwright-core';

const places = [
  '/usr/bin/firefox',
  '/usr/bin/firefox-esr',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Starts Firefox without a window: the one that FIREFOX_PATH names, or an installed one. */
export async function launchFirefox(): Promise<Browser> {
  const executablePath = process.env['FIREFOX_PATH'] ?? places.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error('launchFirefox: no Firefox found: install one, or set FIREFOX_PATH to its program');
  // With this channel Playwright supports Mozilla's own builds.
  return await firefox.launch({ channel: 'moz-firefox', executablePath });
}
