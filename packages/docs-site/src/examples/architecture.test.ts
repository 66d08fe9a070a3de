import { tutorial } from '@micronn/fixtures';
import { expect, test } from 'vitest';
import { count, hidden, output, places } from './architecture.ts';

const { counts } = tutorial.examples.network;

test("the example has the tutorial's counts, in a vector without gaps", () => {
  expect(count).toBe(counts.parameters);
  let end = 0;
  for (const { name, offset, length } of places) {
    expect(offset).toBe(end);
    expect(length).toBe(counts[name as 'W1']);
    end += length;
  }
  expect([hidden!.W.length, hidden!.b.length]).toEqual([counts.W1, counts.b1]);
  expect([output!.W.length, output!.b.length]).toEqual([counts.W2, counts.b2]);
});
