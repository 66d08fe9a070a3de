import type { Answer, FromWorker, Question, RequestKind, ToWorker, TrainingReport } from './messages.ts';

/** The page's end of the line: a Worker, or in tests a MessagePort. */
type Line = Pick<Worker, 'postMessage' | 'addEventListener'>;

interface AskOptions {
  /** Ends the request early: `start` still answers with how far it came, everything else rejects with AbortError. */
  readonly signal?: AbortSignal;
  /** Hears of a run on its way, ten times a second at most. */
  readonly onReport?: (report: TrainingReport) => void;
}

/** What a request of the worker failed with: its name, message and code are those of the error in the worker. */
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
  /** As `ask`, but a newer request of the same kind takes its place: the older one rejects with AbortError. */
  askLatest<Kind extends RequestKind>(kind: Kind, question: Question<Kind>): Promise<Answer<Kind>>;
}

/** Speaks with the worker at the other end of the line: each request has an id, and a reply that nobody waits for is dropped. */
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
  return new DOMException(`${kind}: nobody waits for it any more`, 'AbortError');
}

let shared: WorkerClient | undefined;

/** The one worker of this page; it starts when the first demo asks for it. */
export function pageWorker(): WorkerClient {
  shared ??= createClient(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
  return shared;
}
