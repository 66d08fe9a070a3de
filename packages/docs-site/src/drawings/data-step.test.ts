import { describe, expect, test } from 'vitest';
import { dataHeight, drawDataStep } from './data-step.ts';
import { lane, laneRules, WIDTH } from './lanes.ts';

describe('the picture of a step of --parallel data', () => {
  const body = drawDataStep(4);

  test('every shard is computed once, and its gradient reaches both workers in the order of the shards', () => {
    expect(Array.from(body.matchAll(/>shard (\d)</g), ([, shard]) => shard)).toEqual(['0', '1', '2', '3']);
    const order = ['0', '1', '2', '3'];
    expect(Array.from(body.matchAll(/gradient of shard (\d)/g), ([, shard]) => shard)).toEqual([
      ...order,
      ...order,
    ]);
  });

  test('a worker computes the gradients drawn in colour in its lane, and no others', () => {
    const strips = body.matchAll(/<rect class="own" x="(\d+)"[^>]*><text[^>]*>gradient of shard (\d)/g);
    expect(Array.from(strips, ([, x, shard]) => [lane.x.indexOf(Number(x)), Number(shard)])).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  test.each([2, 4, 8])(
    'with %i shards it stays within its frame, and has a rule for every class',
    (shards) => {
      const drawing = drawDataStep(shards);
      for (const [, x, y] of drawing.matchAll(/\sx="([\d.]+)" y="([\d.]+)"/g)) {
        expect(Number(x)).toBeLessThanOrEqual(WIDTH);
        expect(Number(y)).toBeLessThanOrEqual(dataHeight(shards));
      }
      const classes = new Set(
        Array.from(drawing.matchAll(/class="([^"]+)"/g), ([, names]) => names!.split(' ')).flat(),
      );
      expect([...classes].filter((name) => !laneRules.includes(`.${name}{`))).toEqual([]);
    },
  );
});
