import { expect, test } from 'vitest';
import { serviceWorker } from './offline.ts';

test('the service worker lists its files under the base path, and its cache name depends on them', () => {
  const one = serviceWorker('work();', ['_astro/a.js'], '/MicroNN/');
  expect(one).toMatch(
    /^const CACHE = "micronn-[0-9a-f]{12}";\nconst FILES = \["\/MicroNN\/_astro\/a\.js"\];\nwork\(\);$/,
  );
  const [cache] = serviceWorker('work();', ['_astro/b.js'], '/MicroNN/').split('\n');
  expect(one.split('\n')[0]).not.toBe(cache);
});
