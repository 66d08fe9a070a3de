import { formatPercent } from '../../desk/format-number.ts';

/** Loss and accuracy where a run stood after so many steps. */
export interface Mark {
  readonly steps: number;
  /** Epochs, parts of one too. */
  readonly epochs: number;
  /** Of what was trained since the mark before, each minibatch before its own step; none at the beginning. */
  readonly trainLoss: number | undefined;
  readonly trainAccuracy: number | undefined;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

/** Parts of the first epoch, in which most is learnt. */
const FIRST_PARTS = 8;

/** The steps after which a run is next looked at: an eighth of the first epoch, then every epoch. The same in each run. */
export function nextMark(steps: number, perEpoch: number): number {
  if (steps >= perEpoch) return (Math.floor(steps / perEpoch) + 1) * perEpoch;
  for (let part = 1; part < FIRST_PARTS; part++) {
    const mark = Math.ceil((part * perEpoch) / FIRST_PARTS);
    if (mark > steps) return mark;
  }
  return perEpoch;
}

/** A curve through the marks; nothing where a mark has no such number. */
export function curveOf(
  marks: readonly Mark[],
  of: 'trainLoss' | 'trainAccuracy' | 'testLoss' | 'testAccuracy',
): (readonly [number, number])[] {
  return marks.flatMap((mark) => (mark[of] === undefined ? [] : [[mark.epochs, mark[of]] as const]));
}

/** Loss axis: from 0 to a bit above the largest that is shown. */
export function lossDomain(marks: readonly Mark[]): [number, number] {
  const losses = marks
    .flatMap(({ trainLoss, testLoss }) => [trainLoss ?? 0, testLoss])
    .filter(Number.isFinite);
  return [0, Math.max(1, ...losses) * 1.05];
}

/** Where a run stands, in a sentence. */
export function describeMark({ steps, epochs, testAccuracy, testLoss }: Mark, tests: number): string {
  const share = `${formatPercent(testAccuracy)} of ${tests.toLocaleString('en')} test images right`;
  if (!Number.isFinite(testLoss))
    return `After ${stepCount(steps)} the numbers are no longer finite: the learning rate is too high.`;
  if (steps === 0) return `Untrained: ${share}.`;
  const whole = Number.isInteger(epochs) ? `${epochs} epoch${epochs === 1 ? '' : 's'}, ` : '';
  return `After ${whole}${stepCount(steps)}: ${share}, loss ${testLoss.toFixed(3)}.`;
}

function stepCount(steps: number): string {
  return steps === 1 ? '1 step' : `${steps.toLocaleString('en')} steps`;
}
