import { confusionMatrix, type Initialization } from '@micronn/core';
import type { Samples } from '../../worker/messages.ts';
import { formatPercent } from '../format-number.ts';

/** What the reader sets before a run; with the digits, it decides every bit. */
export interface RunSettings {
  readonly seed: number;
  readonly hidden: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly init: Initialization;
  /** How many epochs a press of the button trains. */
  readonly epochs: number;
}

export const startSettings: RunSettings = {
  seed: 42,
  hidden: 10,
  batchSize: 64,
  learningRate: 0.1,
  init: 'uniform',
  epochs: 20,
};

/** The shards that the trainer cuts a minibatch into where nothing else is said: with them come its bits. */
export const SHARDS = 4;

/** What may be set: the ends of the sliders. */
export const limits = {
  hidden: [1, 128],
  batchSize: [1, 512],
  learningRate: [0.01, 2],
  epochs: [1, 100],
} as const;

/** The digits of the page: those to train on, and those to test with. */
export interface Digits {
  readonly train: Samples;
  readonly test: Samples;
}

const PIXELS = 784;

/** Cuts the page's file of digits, a byte for each label and 784 for each image, into its two sets. */
export function splitDigits(bytes: Uint8Array, trainCount: number): Digits {
  const count = bytes.length / (PIXELS + 1);
  if (!Number.isInteger(count) || count <= trainCount) {
    throw new RangeError(
      `digits: expected more than ${trainCount} samples of ${PIXELS + 1} bytes, got ${bytes.length} bytes`,
    );
  }
  const images = bytes.subarray(count);
  return {
    train: {
      labels: bytes.slice(0, trainCount),
      images: images.slice(0, PIXELS * trainCount),
    },
    test: { labels: bytes.slice(trainCount, count), images: images.slice(PIXELS * trainCount) },
  };
}

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

/** Rows: what it was; columns: what it was read as. With the count of those that were wrong. */
export interface Confusion {
  readonly rows: readonly (readonly number[])[];
  readonly wrong: number;
  /** The most frequent mistake, where there is one. */
  readonly worst: { readonly was: number; readonly readAs: number; readonly count: number } | undefined;
}

export function confusionOf(predictions: Uint8Array, labels: Uint8Array): Confusion {
  const flat = confusionMatrix(predictions, labels, 10);
  const rows = Array.from({ length: 10 }, (_, k) => Array.from(flat.subarray(10 * k, 10 * k + 10)));
  let wrong = 0;
  let worst: Confusion['worst'];
  for (const [was, row] of rows.entries()) {
    for (const [readAs, count] of row.entries()) {
      if (was === readAs) continue;
      wrong += count;
      if (count > (worst?.count ?? 0)) worst = { was, readAs, count };
    }
  }
  return { rows, wrong, worst };
}

/** A number of images a second as one reads it: `412,000`. */
export function formatRate(perSecond: number): string {
  const size = 10 ** Math.max(Math.floor(Math.log10(perSecond)) - 2, 0);
  return (Math.round(perSecond / size) * size).toLocaleString('en');
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
