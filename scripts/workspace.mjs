// Where the parts of this repository are, and how to run the pnpm that package.json pins.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
export const modules = path.join(root, 'node_modules');
export const packages = path.join(root, 'packages');
export const trainer = path.join(packages, 'trainer');

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export const manifest = readJson(path.join(root, 'package.json'));

export const isWindows = process.platform === 'win32';

/** npx's arguments for pnpm. Without --prefer-offline, npx waits for the registry. */
export const npxPnpm = ['--yes', '--prefer-offline', manifest.packageManager];
/** Windows starts npx through its shell; no argument of ours holds a space or a quote. */
export const npxOptions = { cwd: root, shell: isWindows };
