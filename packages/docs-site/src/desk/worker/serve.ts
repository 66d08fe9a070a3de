import { normalizeDigit, normalizeStrokes } from '@micronn/core/digit';
import { evaluateSamples } from './evaluate-samples.ts';
import type { Answer, FromWorker, Question, RequestKind, ToWorker } from './messages.ts';
import { createWorkerRun, type WorkerRun } from './worker-run.ts';

/** The least time between two reports: a page draws each one. */
const REPORT_MS = 100;

/** The longest time that training keeps other requests waiting. */
const SLICE_MS = 25;

type Request = Exclude<ToWorker, { kind: 'cancel' }>;

/**
 * The worker's side, without the worker itself: takes messages and answers them with `send`.
 *
 * `init` and `start` run one after the other. All other requests are answered in between, so that a page can
 * evaluate a network while it trains. A cancellation drops a waiting request, and ends a run after its current step.
 */
export function serve(send: (message: FromWorker) => void): (message: ToWorker) => void {
  const cancelled = new Set<number>();
  let runs: Promise<void> = Promise.resolve();
  let created: Promise<void> = Promise.resolve();
  let run: WorkerRun | undefined;

  return (message) => {
    if (message.kind === 'cancel') {
      cancelled.add(message.id);
    } else if (message.kind === 'init' || message.kind === 'start') {
      runs = runs.then(() => handle(message));
      if (message.kind === 'init') created = runs;
    } else {
      void created.then(() => handle(message));
    }
  };

  async function handle(message: Request): Promise<void> {
    const { id, kind } = message;
    // Takes a cancellation that has already arrived, so that its request is not computed.
    await takeMessages();
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

  async function answerTo(message: Request): Promise<Answer<RequestKind>> {
    switch (message.kind) {
      case 'init':
        run = await createWorkerRun(message.question);
        return { network: run.network() };
      case 'start':
        return await start(message.id, message.question);
      case 'evaluate':
        return evaluateSamples(currentRun().network(), message.question.samples);
      case 'preprocess':
        return { image: preprocess(message.question) };
      case 'read':
        return await readFiles(message.question);
    }
  }

  function currentRun(): WorkerRun {
    if (!run) throw new Error('worker: there is no run; send init first');
    return run;
  }

  async function start(id: number, goal: Question<'start'>): Promise<Answer<'start'>> {
    const current = currentRun();
    const isUnderWay = () => current.steps() < goal.steps;
    let last: Answer<'start'>['report'];
    const report = () => {
      const progress = current.report();
      if (!progress) return;
      last = progress;
      send({ id, kind: 'report', report: progress });
    };
    let reportedAt = performance.now();
    while (isUnderWay() && !cancelled.has(id)) {
      const until = performance.now() + SLICE_MS;
      do current.step();
      while (isUnderWay() && performance.now() < until);
      if (performance.now() - reportedAt >= REPORT_MS) {
        reportedAt = performance.now();
        report();
      }
      await takeMessages();
    }
    report();
    return { report: last, network: current.network() };
  }
}

function preprocess(question: Question<'preprocess'>): Uint8Array | undefined {
  return 'strokes' in question
    ? normalizeStrokes(question.strokes)
    : normalizeDigit(question.ink, question.width, question.height);
}

/** Lets the event loop deliver messages that have arrived. A microtask would run before them; a message does not. */
function takeMessages(): Promise<void> {
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

/** Loaded on demand: most readers of the page bring no data. */
async function readFiles({ files, options }: Question<'read'>): Promise<Answer<'read'>> {
  const { readOwnData } = await import('../own-data/read-own-data.ts');
  return readOwnData(files, options);
}
