import type { ToWorker } from './messages.ts';
import { serve } from './serve.ts';

// The page's only worker. TypeScript types the global scope as a window's, so it is cast to a worker's.
const scope = globalThis as unknown as Worker;
const take = serve((message) => scope.postMessage(message, []));
scope.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => take(data));
