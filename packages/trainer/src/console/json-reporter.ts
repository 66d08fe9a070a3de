import type { Reporter } from './reporter.ts';

/** `--json`: one JSON object a line on standard output, and nothing else there. */
export function createJsonReporter(): Reporter {
  const write = (event: string, fields: object): void => {
    process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    start: (run) => write('start', run),
    // Progress is for eyes; a program has the epochs.
    progress: () => undefined,
    epoch: (metrics) => write('epoch', metrics),
    warning: (code, message) => write('warning', { code, message }),
    done: (run) => write('done', run),
    evaluation: (evaluation) => write('done', evaluation),
    exported: (model) => write('done', model),
    prediction: (prediction) => write('prediction', prediction),
    error: ({ code, message, place }) => write('error', { code, message, ...place }),
  };
}
