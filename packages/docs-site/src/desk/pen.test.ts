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

describe('by keyboard', () => {
  test('moves without a line while the pen is up, and draws one while it is down', () => {
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

  test('two arrows move diagonally, opposite ones not at all, and with Shift a quarter as far', () => {
    const held = (...keys: string[]) => actionOfKey(keys[0]!, new Set(keys), true);
    expect(held('ArrowLeft', 'ArrowUp')).toEqual({ kind: 'move', right: -1, down: -1, fine: true });
    expect(held('ArrowLeft', 'ArrowRight')).toMatchObject({ right: 0, down: 0 });
    expect(withAction(emptyDrawing, held('ArrowUp')!).pen.y).toBe((3 - 1 / 4) / 16);
  });

  test('stays on the paper', () => {
    const far = press(emptyDrawing, ...Array<string>(40).fill('End'));
    expect(far.pen).toEqual({ x: 0, y: 1 });
  });

  test('removes the last line and returns to its start, and clears', () => {
    const two = press(emptyDrawing, ' ', 'ArrowDown', ' ', 'ArrowRight', ' ', 'ArrowRight');
    const one = press(two, 'Backspace');
    expect(one.strokes).toEqual(two.strokes.slice(0, 1));
    expect(one.pen).toEqual(two.strokes[1]![0]);
    expect(one.down).toBe(false);
    expect(press(two, 'Delete')).toEqual(emptyDrawing);
    expect(press(emptyDrawing, 'Backspace')).toEqual(emptyDrawing);
  });

  test('ignores all other keys', () => {
    for (const key of ['Tab', 'Escape', 'a', '7'])
      expect(actionOfKey(key, new Set([key]), false)).toBeUndefined();
  });

  test('describes the position of the pen', () => {
    expect(describePen(emptyDrawing)).toBe('Pen up, column 8, row 3 of 16, 0 lines.');
    expect(describePen(press(emptyDrawing, ' ', 'ArrowLeft'))).toBe(
      'Pen down, column 7, row 3 of 16, 1 line.',
    );
  });
});

test('by a pointer, the line goes through all points, clamped to the paper', () => {
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

test('a stroke is a path, and a single point is a dot', () => {
  expect(strokePath([{ x: 0.1, y: 0.2 }])).toBe('M10.00 20.00h0');
  expect(
    strokePath([
      { x: 0, y: 0 },
      { x: 1, y: 0.5 },
    ]),
  ).toBe('M0.00 0.00L100.00 50.00');
});
