import type { Locator, Page } from 'playwright-core';

/** Points on the paper, as fractions of its side. */
export type Points = readonly (readonly [x: number, y: number])[];

/** Drawings of digits with one or two lines. */
export const drawnDigits: Readonly<Record<number, readonly Points[]>> = {
  1: [
    [
      [0.5, 0.2],
      [0.5, 0.8],
    ],
  ],
  7: [
    [
      [0.3, 0.22],
      [0.7, 0.22],
      [0.45, 0.8],
    ],
  ],
  0: [
    Array.from({ length: 25 }, (_, k) => {
      const turn = (k / 24) * 2 * Math.PI - Math.PI / 2;
      return [0.5 + 0.2 * Math.cos(turn), 0.5 + 0.3 * Math.sin(turn)] as const;
    }),
  ],
};

/** The same drawing smaller or larger, with its upper left corner elsewhere. */
export function moved(
  strokes: readonly Points[],
  size: number,
  [dx, dy]: readonly [number, number],
): Points[] {
  return strokes.map((points) => points.map(([x, y]) => [x * size + dx, y * size + dy] as const));
}

/** Draws with the mouse. */
export async function drawByMouse(page: Page, paper: Locator, strokes: readonly Points[]): Promise<void> {
  const at = await placesOn(paper);
  for (const [first, ...others] of strokes) {
    await page.mouse.move(...at(first!));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...at(point), { steps: 3 });
    await page.mouse.up();
  }
}

/** Draws with a finger. */
export async function drawByFinger(page: Page, paper: Locator, strokes: readonly Points[]): Promise<void> {
  const at = await placesOn(paper);
  const session = await page.context().newCDPSession(page);
  for (const points of strokes) {
    const [first, ...others] = points;
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', point?: Points[number]) => {
      const touchPoints = point ? [at(point)].map(([x, y]) => ({ x, y })) : [];
      return session.send('Input.dispatchTouchEvent', { type, touchPoints });
    };
    await touch('touchStart', first);
    for (const point of others) await touch('touchMove', point);
    // A finger that is lifted while it moves flings, and Chromium ignores the next tap, which stops the fling. So the
    // finger rests before it is lifted.
    for (let k = 0; k < 3; k++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await touch('touchMove', points.at(-1));
    }
    await touch('touchEnd');
  }
}

async function placesOn(paper: Locator): Promise<(point: Points[number]) => [number, number]> {
  await paper.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await paper.boundingBox())!;
  return ([right, down]) => [x + right * width, y + down * height];
}
