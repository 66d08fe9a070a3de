import { drawPrediction } from './draw-prediction.ts';
import {
  describeDone,
  describeEpoch,
  describeEvaluation,
  describeExport,
  describePredicted,
  describePreparing,
  describeReading,
  describeStart,
  table,
} from './format.ts';
import type { Reporter } from './reporter.ts';

/** For pipes and files: plain lines without colour or progress bar. */
export function createPlainReporter(): Reporter {
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  let told = '';
  return {
    reading(source) {
      if (source === told) return;
      told = source;
      // Standard output may hold answers.
      process.stderr.write(`${describeReading(source)}\n`);
    },
    preparing: (parameters) => say(describePreparing(parameters)),
    start: (run) => say(`MicroNN\n${table(describeStart(run))}\n`),
    progress: () => undefined,
    epoch: (metrics, epochs) => say(describeEpoch(metrics, epochs)),
    warning: (code, message) => process.stderr.write(`warning ${code}: ${message}\n`),
    done: (run) => say(`\n${table(describeDone(run))}`),
    evaluation: (evaluation) => say(describeEvaluation(evaluation)),
    exported: (model) => say(table(describeExport(model))),
    prediction: (prediction) => say(`${drawPrediction(prediction, { greys: false })}\n`),
    answers: (_source, _answers, text) => void process.stdout.write(text),
    // Standard output may hold the answers.
    predicted: (source) => void process.stderr.write(`${table(describePredicted(source))}\n`),
    error: ({ code, message }) => process.stderr.write(`error ${code}: ${message}\n`),
  };
}
