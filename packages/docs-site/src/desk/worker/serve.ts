import {
  createNetwork,
  createSampleWorkspace,
  forward,
  forwardSample,
  layerViews,
  type Network,
  accuracy as shareOfHits,
} from '@micronn/core';
import { normalizeDigit, normalizeStrokes } from '@micronn/core/digit';
import { createKernelTraining, type KernelTraining } from '@micronn/core/kernels';
import type {
  Answer,
  EpochReport,
  EvaluationMessage,
  FromWorker,
  NetworkMessage,
  Question,
  Samples,
  ToWorker,
  TrainingReport,
} from './messages.ts';

/** Reports come no more often than this, so that a page can draw each one. */
const REPORT_MS = 100;

/** Training gives way to other requests this often. */
const SLICE_MS = 25;

/**
 * The worker's side, apart from the worker: takes one message after another and answers by `send`.
 *
 * Runs are laid out and trained in order. Everything else is answered in between, so that a page can look at a
 * network while it learns. A cancellation drops what still waits, and ends a run after the minibatch that it is in.
 */
export function serve(send: (message: FromWorker) => void): (message: ToWorker) => void {
  const cancelled = new Set<number>();
  let runs: Promise<void> = Promise.resolve();
  let laidOut: Promise<void> = Promise.resolve();
  let run: Run | undefined;

  return (message) => {
    if (message.kind === 'cancel') {
      cancelled.add(message.id);
      return;
    }
    if (message.kind === 'init' || message.kind === 'start' || message.kind === 'step') {
      runs = runs.then(() => handle(message));
      if (message.kind === 'init') laidOut = runs;
    } else {
      void laidOut.then(() => handle(message));
    }
  };

  async function handle(message: Exclude<ToWorker, { kind: 'cancel' }>): Promise<void> {
    const { id, kind } = message;
    // A cancellation that is on its way comes first, so that what nobody waits for is not computed.
    await breathe();
    try {
      if (cancelled.has(id) && kind !== 'start') return;
      send({ id, kind: 'answer', answer: await answerTo(message) });
    } catch (cause) {
      const { name, message: text, code } = cause as Error & { code?: string };
      send({ id, kind: 'failed', name, message: text, ...(code !== undefined && { code }) });
    } finally {
      cancelled.delete(id);
    }
  }

  async function answerTo(
    message: Exclude<ToWorker, { kind: 'cancel' }>,
  ): Promise<Answer<(typeof message)['kind']>> {
    switch (message.kind) {
      case 'init':
        return await init(message.question);
      case 'start':
        return await start(message.id, message.question);
      case 'step':
        return step(message.question);
      case 'preprocess':
        return { image: preprocess(message.question) };
      case 'network':
        return { network: present().training.network() };
      case 'evaluate':
        return evaluate(message.question);
      case 'predict':
        return predict(message.question);
    }
  }

  function present(): Run {
    if (!run) throw new Error('worker: there is no run yet; send init first');
    return run;
  }

  async function init({ settings, samples }: Question<'init'>): Promise<Answer<'init'>> {
    const { layers, init: initialization, seed } = settings;
    const network = createNetwork(layers, { seed, init: initialization });
    const training = await createKernelTraining({ ...settings, ...samples, network });
    run = {
      training,
      count: samples.labels.length,
      epochs: 0,
      steps: 0,
      samples: 0,
      seconds: 0,
      epoch: nothing(),
      since: nothing(),
      ended: [],
    };
    return { network };
  }

  async function start(id: number, goal: Question<'start'>): Promise<Answer<'start'>> {
    const current = present();
    const isUnderWay = () => ('epochs' in goal ? current.epochs < goal.epochs : current.steps < goal.steps);
    let report: TrainingReport | undefined;
    let reportedAt = performance.now();
    while (isUnderWay() && !cancelled.has(id)) {
      // At least a step, and no longer than a slice: a page that asks for something else waits no longer either.
      const until = performance.now() + SLICE_MS;
      do train(current);
      while (isUnderWay() && performance.now() < until);
      if (performance.now() - reportedAt >= REPORT_MS) {
        reportedAt = performance.now();
        report = takeReport(current);
        send({ id, kind: 'report', report });
      }
      await breathe();
    }
    if (current.since.samples > 0) {
      report = takeReport(current);
      send({ id, kind: 'report', report });
    }
    return { report, network: current.training.network() };
  }

  function step({ steps }: Question<'step'>): Answer<'step'> {
    const current = present();
    for (let k = 0; k < steps; k++) train(current);
    return { report: takeReport(current), network: current.training.network() };
  }

  function evaluate({ samples }: Question<'evaluate'>): EvaluationMessage {
    const { training } = present();
    return samples ? evaluateSamples(training.network(), samples) : training.evaluate();
  }
}

/** Loss, hits and count of some samples, to be divided when asked for. */
interface Tally {
  loss: number;
  correct: number;
  samples: number;
}

interface Run {
  readonly training: KernelTraining;
  /** Samples of an epoch. */
  readonly count: number;
  epochs: number;
  steps: number;
  samples: number;
  seconds: number;
  /** Of the epoch that is under way. */
  epoch: Tally;
  /** Since the last report. */
  since: Tally;
  ended: EpochReport[];
}

function nothing(): Tally {
  return { loss: 0, correct: 0, samples: 0 };
}

/** One minibatch, and what it adds to the books. */
function train(run: Run): void {
  const from = performance.now();
  const { loss, accuracy, samples } = run.training.trainSteps(1);
  run.seconds += (performance.now() - from) / 1000;
  run.steps++;
  run.samples += samples;
  for (const tally of [run.epoch, run.since]) {
    tally.loss += loss * samples;
    tally.correct += accuracy * samples;
    tally.samples += samples;
  }
  if (run.epoch.samples < run.count) return;
  run.epochs++;
  run.ended.push({ epoch: run.epochs, ...mean(run.epoch) });
  run.epoch = nothing();
}

function takeReport(run: Run): TrainingReport {
  const { epochs, steps, samples, seconds, ended } = run;
  const report = { epochs, steps, ...mean(run.since), ended, samples, seconds };
  run.since = nothing();
  run.ended = [];
  return report;
}

function mean({ loss, correct, samples }: Tally): { loss: number; accuracy: number } {
  return { loss: loss / samples, accuracy: correct / samples };
}

/** By the reference, which skips what is 0: quick enough for samples that come along. */
function evaluateSamples({ layers, parameters }: Network, { images, labels }: Samples): EvaluationMessage {
  const workspace = createSampleWorkspace(layers);
  const views = layerViews(parameters, layers);
  const inputs = layers[0]!;
  const predictions = new Uint8Array(labels.length);
  let loss = 0;
  for (const [i, label] of labels.entries()) {
    for (let k = 0; k < inputs; k++) workspace.x[k] = images[i * inputs + k]! / 255;
    forwardSample(workspace, views, label);
    predictions[i] = workspace.prediction;
    loss += workspace.loss;
  }
  return { loss: loss / labels.length, accuracy: shareOfHits(predictions, labels), predictions };
}

function preprocess(question: Question<'preprocess'>): Uint8Array | undefined {
  return 'strokes' in question
    ? normalizeStrokes(question.strokes)
    : normalizeDigit(question.ink, question.width, question.height);
}

function predict({ network, x }: Question<'predict'>): Answer<'predict'> {
  return { probabilities: forward(network satisfies NetworkMessage, x).probabilities };
}

/** Lets messages that have come in be taken: a task of its own, which a microtask would not be. */
function breathe(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined, []);
  });
}
