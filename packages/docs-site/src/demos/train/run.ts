import type { Network } from '@micronn/core';
import type { WorkerClient } from '../../desk/worker/client.ts';
import type { TrainingReport } from '../../desk/worker/messages.ts';
import type { Digits } from './digits.ts';
import { type Mark, nextMark } from './marks.ts';
import { type RunSettings, SHARDS } from './run-settings.ts';

/** What a page sees of a run. */
export interface RunView {
  /** Steps of an epoch. */
  readonly perEpoch: number;
  /** Where it stood at each mark; every run of the same settings has the same ones. */
  readonly marks: readonly Mark[];
  /** Where it stands. */
  readonly now: Mark;
  readonly network: Network;
  /** As it was before the first step. */
  readonly untrained: Network;
  /** What it reads the test images as. */
  readonly predictions: Uint8Array;
  /** Samples a second while it trained, once it has. */
  readonly perSecond: number | undefined;
}

/** A run in the worker, as far as it has come. */
export interface Run {
  /** Trains until so many steps were trained in all, or until the signal ends it. */
  trainTo(steps: number, options?: { signal?: AbortSignal; slowly?: boolean }): Promise<void>;
  view(): RunView;
}

/** Between two steps of a slow run. */
const PAUSE_MS = 60;

/** Views come no more often than this: a page has to draw each one. */
const VIEW_MS = 120;

/**
 * Lays a run out in the worker and looks at it at its marks.
 *
 * @param onView hears where the run stands, now and then while it trains and whenever it stops
 */
export async function createRun(
  client: WorkerClient,
  { train, test }: Digits,
  { seed, hidden, batchSize, learningRate, init }: RunSettings,
  onView: (view: RunView) => void,
): Promise<Run> {
  const perEpoch = Math.ceil(train.labels.length / batchSize);
  const { network } = await client.ask('init', {
    settings: {
      layers: [PIXELS, hidden, 10],
      init,
      seed,
      batchSize,
      shards: SHARDS,
      learningRate,
      momentum: 0,
    },
    samples: train,
  });
  let since = { loss: 0, correct: 0, samples: 0 };
  let trained = 0;
  let steps = 0;
  let view = await look({ perEpoch, marks: [], network, untrained: network, perSecond: undefined });
  view = { ...view, marks: [view.now] };
  let shownAt = performance.now();
  onView(view);

  /** Adds a report to what has been trained since the last mark. */
  function hear({ loss, accuracy, samples }: TrainingReport): void {
    const count = samples - trained;
    since = {
      loss: since.loss + loss * count,
      correct: since.correct + accuracy * count,
      samples: since.samples + count,
    };
    trained = samples;
  }

  async function look(part: Omit<RunView, 'now' | 'predictions'>): Promise<RunView> {
    const { loss, accuracy, predictions } = await client.ask('evaluate', { samples: test });
    const now: Mark = {
      steps,
      epochs: steps / perEpoch,
      trainLoss: since.samples === 0 ? undefined : since.loss / since.samples,
      trainAccuracy: since.samples === 0 ? undefined : since.correct / since.samples,
      testLoss: loss,
      testAccuracy: accuracy,
    };
    return { ...part, now, predictions };
  }

  return {
    view: () => view,
    async trainTo(goal, { signal, slowly = false } = {}) {
      const isStopped = () => signal?.aborted === true;
      while (steps < goal && !isStopped()) {
        const mark = nextMark(steps, perEpoch);
        const target = Math.min(slowly ? steps + 1 : mark, goal);
        const { report, network: trainedNetwork } = await client.ask(
          'start',
          { steps: target },
          { ...(signal && { signal }), onReport: hear },
        );
        if (!report) break;
        steps = report.steps;
        const isMark = steps === mark;
        const perSecond = report.samples / report.seconds;
        view = await look({ ...view, network: trainedNetwork, perSecond });
        if (isMark) {
          view = { ...view, marks: [...view.marks, view.now] };
          since = { loss: 0, correct: 0, samples: 0 };
        }
        const isOver = steps >= goal || isStopped() || !Number.isFinite(view.now.testLoss);
        if (isOver || performance.now() - shownAt >= VIEW_MS) {
          shownAt = performance.now();
          onView(view);
        }
        if (!Number.isFinite(view.now.testLoss)) break;
        if (slowly) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      onView(view);
    },
  };
}

const PIXELS = 784;
