import type { Network } from '@micronn/core';
import type { WorkerClient } from '../../desk/worker/client.ts';
import type { EvaluationMessage, TrainingReport } from '../../desk/worker/messages.ts';
import type { Digits } from './digits.ts';
import { type Mark, nextMark } from './marks.ts';
import { type RunSettings, SHARDS } from './run-settings.ts';

/** What a page shows of a run. */
export interface RunView {
  /** Steps of an epoch. */
  readonly perEpoch: number;
  /** The marks so far; every run with the same settings has the same ones. */
  readonly marks: readonly Mark[];
  /** The current step. */
  readonly now: Mark;
  readonly network: Network;
  /** The network before the first step. */
  readonly untrained: Network;
  /** The predictions for the test images. */
  readonly predictions: Uint8Array | Uint16Array;
  /** Training samples per second; undefined before the first step. */
  readonly perSecond: number | undefined;
}

/** A run in the worker. */
export interface Run {
  /** Trains until the run has this number of steps, or until the signal is aborted. */
  trainTo(steps: number, options?: { signal?: AbortSignal; slowly?: boolean }): Promise<void>;
  view(): RunView;
}

/** Between two steps in slow motion. */
const PAUSE_MS = 60;

/** The least time between two views: a page draws each one. */
const VIEW_MS = 120;

/**
 * Creates a run in the worker and evaluates it at its marks.
 *
 * @param onView called with the state of the run: from time to time while it trains, and when it stops
 */
export async function createRun(
  client: WorkerClient,
  { train, test, width, height, names }: Digits,
  settings: RunSettings,
  onView: (view: RunView) => void,
): Promise<Run> {
  const perEpoch = Math.ceil(train.labels.length / settings.batchSize);
  const layers = [width * height, settings.hidden, names.length];
  const { network } = await client.ask('init', {
    settings: workerSettings(settings, layers),
    samples: train,
  });
  const evaluate = () => client.ask('evaluate', { samples: test });
  let since = emptyTally();
  const { predictions, ...first } = await evaluate();
  const start = markOf(0, perEpoch, since, first);
  let view: RunView = {
    perEpoch,
    marks: [start],
    now: start,
    network,
    untrained: network,
    predictions,
    perSecond: undefined,
  };
  let shownAt = performance.now();
  onView(view);

  /** Trains to a step and evaluates the network there. Gives false if there was nothing to train. */
  async function trainAndLook(target: number, mark: number, signal?: AbortSignal): Promise<boolean> {
    const { report, network: trained } = await client.ask(
      'start',
      { steps: target },
      { ...(signal && { signal }), onReport: (one) => addReport(since, one) },
    );
    if (!report) return false;
    const evaluation = await evaluate();
    const now = markOf(report.steps, perEpoch, since, evaluation);
    const isMark = report.steps === mark;
    if (isMark) since = { ...emptyTally(), trained: since.trained };
    view = {
      ...view,
      now,
      marks: isMark ? [...view.marks, now] : view.marks,
      network: trained,
      predictions: evaluation.predictions,
      perSecond: report.samples / report.seconds,
    };
    return true;
  }

  return {
    view: () => view,
    async trainTo(goal, { signal, slowly = false } = {}) {
      const isOver = () =>
        view.now.steps >= goal || signal?.aborted === true || !Number.isFinite(view.now.testLoss);
      while (!isOver()) {
        const { steps } = view.now;
        const mark = nextMark(steps, perEpoch);
        if (!(await trainAndLook(Math.min(slowly ? steps + 1 : mark, goal), mark, signal))) break;
        if (performance.now() - shownAt >= VIEW_MS) {
          shownAt = performance.now();
          onView(view);
        }
        if (slowly) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      onView(view);
    },
  };
}

function workerSettings({ seed, batchSize, learningRate, init }: RunSettings, layers: readonly number[]) {
  return { layers, init, seed, batchSize, shards: SHARDS, learningRate, momentum: 0 };
}

/** The samples trained since the last mark, and all samples trained so far. */
interface Tally {
  loss: number;
  correct: number;
  samples: number;
  trained: number;
}

function emptyTally(): Tally {
  return { loss: 0, correct: 0, samples: 0, trained: 0 };
}

function addReport(tally: Tally, { loss, accuracy, samples }: TrainingReport): void {
  const count = samples - tally.trained;
  tally.loss += loss * count;
  tally.correct += accuracy * count;
  tally.samples += count;
  tally.trained = samples;
}

function markOf(
  steps: number,
  perEpoch: number,
  { loss, correct, samples }: Tally,
  test: Pick<EvaluationMessage, 'loss' | 'accuracy'>,
): Mark {
  return {
    steps,
    epochs: steps / perEpoch,
    trainLoss: samples === 0 ? undefined : loss / samples,
    trainAccuracy: samples === 0 ? undefined : correct / samples,
    testLoss: test.loss,
    testAccuracy: test.accuracy,
  };
}
