import { tutorial, workedExample } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { three, y } from './one-hot.ts';

test("the example has the tutorial's vectors", () => {
  const example = tutorial.examples.oneHot.find(({ label, classes }) => label === 3 && classes === 10);
  expect(Array.from(three)).toEqual(example!.vector);
  expect(Array.from(y)).toEqual([...workedExample.y, ...workedExample.yIfLabel0]);
});
