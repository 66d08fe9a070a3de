import type { ToWorker } from './messages.ts';
import { serve } from './serve.ts';

// The one long-lived worker of a page. Its scope is a worker's, which the page's types do not know.
const scope = globalThis as unknown as Worker;
const take = serve((message) => scope.postMessage(message, []));
scope.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => take(data));
