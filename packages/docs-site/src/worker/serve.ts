import {
  argmax,
  createNetwork,
  crossEntropy,
  forward,
  type Network,
  accuracy as shareOfHits,
} from '@micronn/core';
import { createKernelTraining, type KernelTraining } from '@micronn/core/kernels';
import type {
  Answer,
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

/**
 * The worker's side, apart from the worker: takes one message after another and answers by `send`.
 *
 * Runs are laid out and trained in order. Everything else is answered between two epochs of a run, so that a page
 * can look at a network while it learns. A cancellation drops what still waits, and ends a run after the epoch
 * that it is in.
 */
export function serve(send: (message: FromWorker) => void): (message: ToWorker) => void {
  const cancelled = new Set<number>();
  let runs: Promise<void> = Promise.resolve();
  let laidOut: Promise<void> = Promise.resolve();
  let run:
    | { training: KernelTraining; samples: Samples; seen: number; seconds: number; epoch: number }
    | undefined;

  return (message) => {
    if (message.kind === 'cancel') {
      cancelled.add(message.id);
      return;
    }
    if (message.kind === 'init' || message.kind === 'start') {
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
      case 'network':
        return { network: present().training.network() };
      case 'evaluate':
        return evaluate(message.question);
      case 'predict':
        return predict(message.question);
    }
  }

  function present(): NonNullable<typeof run> {
    if (!run) throw new Error('worker: there is no run yet; send init first');
    return run;
  }

  async function init({ settings, samples }: Question<'init'>): Promise<Answer<'init'>> {
    const { layers, init: initialization, seed } = settings;
    const network = createNetwork(layers, { seed, init: initialization });
    const training = await createKernelTraining({ ...settings, ...samples, network });
    run = { training, samples, seen: 0, seconds: 0, epoch: 0 };
    return { network };
  }

  async function start(id: number, { epochs }: Question<'start'>): Promise<Answer<'start'>> {
    const current = present();
    let report: TrainingReport | undefined;
    let reportedAt = -Infinity;
    for (let k = 0; k < epochs && !cancelled.has(id); k++) {
      const from = performance.now();
      const { loss, accuracy } = current.training.trainEpoch();
      const now = performance.now();
      current.epoch++;
      current.seconds += (now - from) / 1000;
      current.seen += current.samples.labels.length;
      report = { epoch: current.epoch, loss, accuracy, samples: current.seen, seconds: current.seconds };
      if (now - reportedAt >= REPORT_MS) {
        reportedAt = now;
        send({ id, kind: 'report', report });
      }
      await breathe();
    }
    return { report, network: current.training.network() };
  }

  function evaluate({ samples }: Question<'evaluate'>): EvaluationMessage {
    const { training } = present();
    return samples ? evaluateSamples(training.network(), samples) : training.evaluate();
  }
}

/** By the reference: what a worker is asked for now and then need not be the fastest. */
function evaluateSamples(network: Network, { images, labels }: Samples): EvaluationMessage {
  const { probabilities } = forward(
    network,
    Float64Array.from(images, (byte) => byte / 255),
  );
  const classes = network.layers.at(-1)!;
  const predictions = Uint8Array.from(argmax(probabilities, classes));
  return {
    loss: crossEntropy(probabilities, labels, classes),
    accuracy: shareOfHits(predictions, labels),
    predictions,
  };
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
