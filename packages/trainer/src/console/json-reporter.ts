import type { Reporter } from './reporter.ts';

/** `--json`: one JSON object per line on standard output, and nothing else. */
export function createJsonReporter(): Reporter {
  const write = (event: string, fields: object): void => {
    process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  return {
    // A program waits for `start`.
    reading: () => undefined,
    preparing: () => undefined,
    start: (run) => write('start', run),
    // A program reads the epochs.
    progress: () => undefined,
    epoch: (metrics) => write('epoch', metrics),
    warning: (code, message) => write('warning', { code, message }),
    done: (run) => write('done', run),
    evaluation: (evaluation) => write('done', evaluation),
    exported: (model) => write('done', model),
    prediction: (prediction) => write('prediction', prediction),
    answers(source, answers) {
      const lines = answers.map(
        (answer) => `${JSON.stringify({ event: 'prediction', source, ...answer })}\n`,
      );
      process.stdout.write(lines.join(''));
    },
    predicted: (source) => write('done', source),
    error: ({ code, message, place }) => write('error', { code, message, ...place }),
  };
}
