import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nodePackages, pinnedNode, platform } from './pinned-node.mjs';
import { manifest, root } from './workspace.mjs';

/** The entries of the lock file's section `packages`: name@version, and the lines of the entry. */
function lockedPackages() {
  const [, section] = readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8').split(
    /^(?:packages|snapshots):\n/m,
  );
  const entries = section.split(/^ {2}(?=\S)/m).slice(1);
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf(':\n');
      return [entry.slice(0, end).replaceAll("'", ''), entry.slice(end)];
    }),
  );
}

const locked = lockedPackages();

test('each package in the lock file has a checksum', () => {
  const unverified = [...locked].filter(([, entry]) => !/integrity: sha512-[\w+/]{86}==/.test(entry));
  expect(unverified).toEqual([]);
  expect(locked.size).toBeGreaterThan(900);
});

test('no install script runs: it could download what the lock file has no checksum of', () => {
  const settings = readFileSync(path.join(root, 'pnpm-workspace.yaml'), 'utf8');
  const [, builds] = /^allowBuilds:\n((?: {2}.*\n)+)/m.exec(settings);
  expect(new Set(builds.match(/: \S+$/gm))).toEqual(new Set([': false']));
});

// pnpm 12 does not copy os and cpu from these packages, since their package.json has strings there instead of arrays.
// After an update, add the fields to the lock file by hand, or pnpm installs Node for several platforms.
test.each(Object.entries(nodePackages))(
  'the lock file limits Node for %s to its platform',
  (name, packageName) => {
    const [os, cpu] = name.split('-');
    const entries = [...locked].filter(([key]) => key.startsWith(`${packageName}@`));
    expect(entries).not.toEqual([]);
    for (const [, entry] of entries) {
      expect(entry).toContain(`\n    cpu: [${cpu}]\n    os: [${os}]\n`);
      if (os === 'linux') expect(entry).toContain('\n    libc: [glibc]\n');
    }
  },
);

test('Node is an optional dependency for each platform, and nothing else is', () => {
  expect(Object.keys(manifest.optionalDependencies)).toEqual(Object.values(nodePackages).toSorted());
});

test('the Node that runs this test is the one in the lock file', () => {
  const running = realpathSync(process.execPath);
  const key = `${nodePackages[platform]}@${process.versions.node}`;
  expect(running).toBe(realpathSync(pinnedNode()));
  expect(running.split(path.sep)).toContain(key);
  expect(locked.has(key)).toBe(true);
});
