import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { isWindows, root } from './workspace.mjs';

test('npm install says what to type instead, and installs nothing', async () => {
  const folder = await temporaryFolder();
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  const { status, stderr } = spawnSync('npm', ['install'], {
    cwd: folder,
    shell: isWindows,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('instead of npm install, type npm start, npm test or npx pnpm install\n');
  expect(readdirSync(folder)).toEqual(['package.json']);
});
