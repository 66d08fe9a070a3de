import type { Stroke, StrokePoint } from '@micronn/core/digit';

/** A drawing: its lines, the position of the pen, and whether the pen is down. */
export interface Drawing {
  /** In fractions of the drawing's side. While the pen is down, the last stroke continues. */
  readonly strokes: readonly Stroke[];
  readonly pen: StrokePoint;
  readonly down: boolean;
}

/** Steps from one side to the other. */
const PEN_STEPS = 16;
/** Parts of a step, for fine moves. */
const FINE = 4;
/** Near the top, where most digits begin. */
const START: StrokePoint = { x: 0.5, y: 3 / PEN_STEPS };

export const emptyDrawing: Drawing = { strokes: [], pen: START, down: false };

/** The effect of a key. `move` counts in steps; right and down are positive. */
export type PenAction =
  | { readonly kind: 'move'; readonly right: number; readonly down: number; readonly fine?: boolean }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'clear' };

/** The drawing after a key. */
export function withAction(drawing: Drawing, action: PenAction): Drawing {
  const { strokes, pen, down } = drawing;
  switch (action.kind) {
    case 'move': {
      const step = 1 / PEN_STEPS / (action.fine ? FINE : 1);
      const moved = { x: inside(pen.x + action.right * step), y: inside(pen.y + action.down * step) };
      return { strokes: down ? extended(strokes, moved) : strokes, pen: moved, down };
    }
    case 'toggle':
      return down ? { ...drawing, down: false } : withPenDown(drawing, pen);
    case 'undo':
      return { strokes: strokes.slice(0, -1), pen: strokes.at(-1)?.[0] ?? pen, down: false };
    case 'clear':
      return emptyDrawing;
  }
}

/** The drawing after the pen is lowered at a point. */
export function withPenDown({ strokes }: Drawing, at: StrokePoint): Drawing {
  const point = { x: inside(at.x), y: inside(at.y) };
  return { strokes: [...strokes, [point]], pen: point, down: true };
}

/** The drawing after the lowered pen has moved through some points. */
export function withPenAt({ strokes }: Drawing, places: readonly StrokePoint[]): Drawing {
  const points = places.map(({ x, y }) => ({ x: inside(x), y: inside(y) }));
  return { strokes: extended(strokes, ...points), pen: points.at(-1)!, down: true };
}

function extended(strokes: readonly Stroke[], ...points: StrokePoint[]): readonly Stroke[] {
  return [...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), ...points]];
}

function inside(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

const directions: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  // These four are at the corners of a number pad.
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};

/**
 * The action of a key, if any.
 *
 * @param held all pressed keys, including this one: two arrows at once move diagonally
 */
export function actionOfKey(key: string, held: ReadonlySet<string>, fine: boolean): PenAction | undefined {
  if (key in directions) {
    let [right, down] = [0, 0];
    for (const name of held) {
      right += directions[name]?.[0] ?? 0;
      down += directions[name]?.[1] ?? 0;
    }
    return { kind: 'move', right: Math.sign(right), down: Math.sign(down), fine };
  }
  if (key === ' ' || key === 'Enter') return { kind: 'toggle' };
  if (key === 'Backspace') return { kind: 'undo' };
  if (key === 'Delete') return { kind: 'clear' };
  return undefined;
}

/** The position of the pen in words, for screen readers. */
export function describePen({ strokes, pen, down }: Drawing): string {
  const place = `column ${round(pen.x * PEN_STEPS)}, row ${round(pen.y * PEN_STEPS)} of ${PEN_STEPS}`;
  const lines = strokes.length === 1 ? '1 line' : `${strokes.length} lines`;
  return `${down ? 'Pen down' : 'Pen up'}, ${place}, ${lines}.`;
}

function round(steps: number): number {
  return Math.round(steps * FINE) / FINE;
}

/** A stroke as SVG path, in a box of 100 × 100. A single point is a line of length 0, which a round cap makes a dot. */
export function strokePath(stroke: Stroke): string {
  const places = stroke.map(({ x, y }) => `${(x * 100).toFixed(2)} ${(y * 100).toFixed(2)}`);
  return `M${places.join('L')}${places.length === 1 ? 'h0' : ''}`;
}
