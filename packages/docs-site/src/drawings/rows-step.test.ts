import { digits } from '@micronn/fixtures';
import { describe, expect, test } from 'vitest';
import { laneRules, WIDTH } from './lanes.ts';
import { drawRowsStep, ROWS_HEIGHT } from './rows-step.ts';

describe('the picture of a step of --parallel rows', () => {
  const pixels = digits.pixels().subarray(0, 784);
  const body = drawRowsStep({ shards: 4, pixels });

  test('each pixel of the digit is strong in one lane and faint in the other', () => {
    const cells = (opacities: (opacity: number) => boolean): number =>
      Array.from(body.matchAll(/<path class="ink" opacity="([\d.]+)" d="([^"]*)"/g))
        .filter(([, opacity]) => opacities(Number(opacity)))
        .reduce((sum, [, , d]) => sum + d!.split('M').length - 1, 0);
    const inked = pixels.filter((value) => value !== 0).length;
    expect(cells((opacity) => opacity >= 0.25)).toBe(inked);
    expect(cells((opacity) => opacity < 0.25)).toBe(inked);
  });

  test('every shard has a worker', () => {
    expect(Array.from(body.matchAll(/shard (\d)/g), ([, shard]) => shard)).toEqual(['0', '1', '2', '3']);
  });

  test('stays within its frame, and has a rule for every class', () => {
    for (const [, x, y] of body.matchAll(/\sx="([\d.]+)" y="([\d.]+)"/g)) {
      expect(Number(x)).toBeLessThanOrEqual(WIDTH);
      expect(Number(y)).toBeLessThanOrEqual(ROWS_HEIGHT);
    }
    const classes = new Set(
      Array.from(body.matchAll(/class="([^"]+)"/g), ([, names]) => names!.split(' ')).flat(),
    );
    expect([...classes].filter((name) => !laneRules.includes(`.${name}{`))).toEqual([]);
  });
});
