import { describe, expect, test } from 'vitest';
import {
  actionOfKey,
  type Drawing,
  describePen,
  emptyDrawing,
  strokePath,
  withAction,
  withPenAt,
  withPenDown,
} from './pen.ts';

const press = (drawing: Drawing, ...keys: string[]) =>
  keys.reduce((now, key) => withAction(now, actionOfKey(key, new Set([key]), false)!), drawing);

describe('by keys', () => {
  test('moves without a line while the pen is up, and with one while it is down', () => {
    const moved = press(emptyDrawing, 'ArrowRight', 'ArrowDown');
    expect(moved).toEqual({ strokes: [], pen: { x: 0.5625, y: 0.25 }, down: false });
    const drawn = press(moved, ' ', 'ArrowDown', 'PageDown', 'Enter', 'ArrowLeft');
    expect(drawn.strokes).toEqual([
      [
        { x: 0.5625, y: 0.25 },
        { x: 0.5625, y: 0.3125 },
        { x: 0.625, y: 0.375 },
      ],
    ]);
    expect(drawn).toMatchObject({ pen: { x: 0.5625 }, down: false });
  });

  test('two arrows at once go aslant, opposite ones nowhere, and with Shift a quarter as far', () => {
    const held = (...keys: string[]) => actionOfKey(keys[0]!, new Set(keys), true);
    expect(held('ArrowLeft', 'ArrowUp')).toEqual({ kind: 'move', right: -1, down: -1, fine: true });
    expect(held('ArrowLeft', 'ArrowRight')).toMatchObject({ right: 0, down: 0 });
    expect(withAction(emptyDrawing, held('ArrowUp')!).pen.y).toBe((3 - 1 / 4) / 16);
  });

  test('stays inside', () => {
    const far = press(emptyDrawing, ...Array<string>(40).fill('End'));
    expect(far.pen).toEqual({ x: 0, y: 1 });
  });

  test('takes the last line back, to where it began, and clears', () => {
    const two = press(emptyDrawing, ' ', 'ArrowDown', ' ', 'ArrowRight', ' ', 'ArrowRight');
    const one = press(two, 'Backspace');
    expect(one.strokes).toEqual(two.strokes.slice(0, 1));
    expect(one.pen).toEqual(two.strokes[1]![0]);
    expect(one.down).toBe(false);
    expect(press(two, 'Delete')).toEqual(emptyDrawing);
    expect(press(emptyDrawing, 'Backspace')).toEqual(emptyDrawing);
  });

  test('leaves every other key to the page', () => {
    for (const key of ['Tab', 'Escape', 'a', '7'])
      expect(actionOfKey(key, new Set([key]), false)).toBeUndefined();
  });

  test('says where the pen is', () => {
    expect(describePen(emptyDrawing)).toBe('Pen up, column 8, row 3 of 16, 0 lines.');
    expect(describePen(press(emptyDrawing, ' ', 'ArrowLeft'))).toBe(
      'Pen down, column 7, row 3 of 16, 1 line.',
    );
  });
});

test('by a pointer the line goes through all its places, those outside brought in', () => {
  const drawing = withPenAt(withPenDown(emptyDrawing, { x: 0.1, y: 0.2 }), [
    { x: 0.3, y: 0.4 },
    { x: 1.5, y: -1 },
  ]);
  expect(drawing.strokes).toEqual([
    [
      { x: 0.1, y: 0.2 },
      { x: 0.3, y: 0.4 },
      { x: 1, y: 0 },
    ],
  ]);
});

test('a stroke becomes a path, and a point a dot', () => {
  expect(strokePath([{ x: 0.1, y: 0.2 }])).toBe('M10.00 20.00h0');
  expect(
    strokePath([
      { x: 0, y: 0 },
      { x: 1, y: 0.5 },
    ]),
  ).toBe('M0.00 0.00L100.00 50.00');
});
