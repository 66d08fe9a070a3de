import type { Answer, FromWorker, Question, RequestKind, ToWorker, TrainingReport } from './messages.ts';

/** What the client sends to and listens to: a Worker, or in tests a MessagePort. */
type Line = Pick<Worker, 'postMessage' | 'addEventListener'>;

interface AskOptions {
  /** Cancels the request: `start` answers with the progress so far, all others reject with AbortError. */
  readonly signal?: AbortSignal;
  /** Called with the progress of a run, at most ten times per second. */
  readonly onReport?: (report: TrainingReport) => void;
}

/** An error in the worker, with the name, message and code that it has there. */
class WorkerFailure extends Error {
  override readonly name: string;
  readonly code: string | undefined;
  constructor({ name, message, code }: { name: string; message: string; code?: string }) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

interface Pending {
  readonly kind: RequestKind;
  readonly resolve: (answer: Answer<RequestKind>) => void;
  readonly reject: (reason: Error) => void;
  readonly onReport: ((report: TrainingReport) => void) | undefined;
}

/** The page's side of the worker. */
export interface WorkerClient {
  ask<Kind extends RequestKind>(
    kind: Kind,
    question: Question<Kind>,
    options?: AskOptions,
  ): Promise<Answer<Kind>>;
  /** Like `ask`, but replaces the pending request of the same kind, which rejects with AbortError. */
  askLatest<Kind extends RequestKind>(kind: Kind, question: Question<Kind>): Promise<Answer<Kind>>;
}

/** Sends requests over the line and matches replies by id. A reply to a cancelled request is dropped. */
export function createClient(line: Line): WorkerClient {
  const pending = new Map<number, Pending>();
  const latest = new Map<RequestKind, AbortController>();
  let lastId = 0;

  line.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const request = pending.get(data.id);
    if (!request) return;
    if (data.kind === 'report') {
      request.onReport?.(data.report);
      return;
    }
    pending.delete(data.id);
    if (data.kind === 'answer') request.resolve(data.answer);
    else request.reject(new WorkerFailure(data));
  });
  const send = (message: ToWorker) => line.postMessage(message, []);

  function ask<Kind extends RequestKind>(
    kind: Kind,
    question: Question<Kind>,
    { signal, onReport }: AskOptions = {},
  ): Promise<Answer<Kind>> {
    if (signal?.aborted) return Promise.reject(aborted(kind));
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      pending.set(id, { kind, resolve, reject, onReport });
      signal?.addEventListener('abort', () => {
        if (!pending.has(id)) return;
        send({ id, kind: 'cancel' });
        if (kind === 'start') return;
        pending.delete(id);
        reject(aborted(kind));
      });
      send({ id, kind, question } as ToWorker);
    });
  }

  return {
    ask,
    askLatest(kind, question) {
      latest.get(kind)?.abort();
      const controller = new AbortController();
      latest.set(kind, controller);
      return ask(kind, question, { signal: controller.signal });
    },
  };
}

function aborted(kind: RequestKind): DOMException {
  return new DOMException(`${kind}: the request was cancelled`, 'AbortError');
}

let shared: WorkerClient | undefined;

/** The page's only worker, started by the first request. */
export function pageWorker(): WorkerClient {
  shared ??= createClient(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
  return shared;
}
