import { formatPercent } from '../../desk/format-number.ts';

/** Loss and accuracy of a run after a number of steps. */
export interface Mark {
  readonly steps: number;
  /** Epochs, as a fraction. */
  readonly epochs: number;
  /** Over the samples since the last mark, each computed before its step; undefined at the start. */
  readonly trainLoss: number | undefined;
  readonly trainAccuracy: number | undefined;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

/** Marks in the first epoch, in which the loss falls fastest. */
const FIRST_PARTS = 8;

/** The steps of the next mark: every eighth of the first epoch, then the end of every epoch. */
export function nextMark(steps: number, perEpoch: number): number {
  if (steps >= perEpoch) return (Math.floor(steps / perEpoch) + 1) * perEpoch;
  for (let part = 1; part < FIRST_PARTS; part++) {
    const mark = Math.ceil((part * perEpoch) / FIRST_PARTS);
    if (mark > steps) return mark;
  }
  return perEpoch;
}

/** A curve through the marks that have the value. */
export function curveOf(
  marks: readonly Mark[],
  of: 'trainLoss' | 'trainAccuracy' | 'testLoss' | 'testAccuracy',
): (readonly [number, number])[] {
  return marks.flatMap((mark) => (mark[of] === undefined ? [] : [[mark.epochs, mark[of]] as const]));
}

/** Domain of the loss axis: from 0 to just above the largest loss. */
export function lossDomain(marks: readonly Mark[]): [number, number] {
  const losses = marks
    .flatMap(({ trainLoss, testLoss }) => [trainLoss ?? 0, testLoss])
    .filter(Number.isFinite);
  return [0, Math.max(1, ...losses) * 1.05];
}

/** Progress of a run, in a sentence. */
export function describeMark({ steps, epochs, testAccuracy, testLoss }: Mark, tests: number): string {
  const accuracy = `${formatPercent(testAccuracy)} test accuracy (${tests.toLocaleString('en')} images)`;
  if (!Number.isFinite(testLoss))
    return `Training diverged after ${stepCount(steps)}: the loss is not finite. Lower the learning rate.`;
  if (steps === 0) return `Untrained: ${accuracy}.`;
  const whole = Number.isInteger(epochs) ? `${epochs} epoch${epochs === 1 ? '' : 's'}, ` : '';
  return `After ${whole}${stepCount(steps)}: ${accuracy}, loss ${testLoss.toFixed(3)}.`;
}

function stepCount(steps: number): string {
  return steps === 1 ? '1 step' : `${steps.toLocaleString('en')} steps`;
}
