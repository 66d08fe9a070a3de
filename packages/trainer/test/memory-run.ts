/**
 * For memory.long.ts: trains as the command line does, and prints after each epoch the memory of the process after a
 * garbage collection, in bytes. Run with --expose-gc; the only argument is the options as JSON.
 */
import { resolveTrainOptions } from '../src/command/options.ts';
import { train } from '../src/command/train.ts';

const collect = globalThis.gc;
if (!collect) throw new Error('run with --expose-gc');
const nothing = (): void => undefined;
const request = await resolveTrainOptions(JSON.parse(process.argv[2]!) as Record<string, unknown>, nothing);
const reporter = {
  reading: nothing,
  preparing: nothing,
  start: nothing,
  progress: nothing,
  epoch() {
    // Twice, because the first collection can make more memory collectable.
    collect();
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    process.stdout.write(`${heapUsed + external + arrayBuffers}\n`);
  },
  warning: nothing,
  done: nothing,
  evaluation: nothing,
  exported: nothing,
  prediction: nothing,
  answers: nothing,
  predicted: nothing,
  error: nothing,
};
await train(request, reporter, new AbortController().signal);
