import type { ToWorker } from './messages.ts';
import { type Line, serve } from './serve.ts';

// The one long-lived worker of a page. Its scope is a worker's, which the page's types do not know.
const take = serve(globalThis as unknown as Line);
globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => take(data));
