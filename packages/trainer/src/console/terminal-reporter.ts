import { styleText } from 'node:util';
import cliProgress from 'cli-progress';
import { drawPrediction } from './draw-prediction.ts';
import {
  count,
  describeDone,
  describeEpoch,
  describeEvaluation,
  describeExport,
  describePredicted,
  describePreparing,
  describeReading,
  describeStart,
  loss,
  seconds,
  share,
  table,
} from './format.ts';
import type { Reporter } from './reporter.ts';

/** For a terminal: colour, and a progress bar that the line of the epoch replaces. */
export function createTerminalReporter(): Reporter {
  const title = (text: string): string => styleText('cyan', text);
  const bar = new cliProgress.SingleBar({
    format: ' {bar} {percentage} %  {details}',
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    autopadding: true,
    stream: process.stdout,
    // The trainer handles Ctrl-C itself.
    gracefulExit: false,
  });
  const clear = (): void => {
    if (bar.isActive) bar.stop();
  };
  const say = (text: string): void => {
    clear();
    process.stdout.write(`${text}\n`);
  };
  const complain = (text: string): void => {
    clear();
    process.stderr.write(`${text}\n`);
  };
  return {
    reading(source, share_) {
      const details = describeReading(source);
      if (!bar.isActive) bar.start(100, 0, { details });
      bar.update(Math.floor((share_ ?? 0) * 100), { details });
    },
    preparing: (parameters) => say(describePreparing(parameters)),
    start(run) {
      say(
        `\n${styleText('bold', 'MicroNN')}  a neural network from scratch\n\n${table(describeStart(run), title)}\n`,
      );
    },
    progress({ epoch, epochs, share: done, loss: mean, accuracy, samplesPerSecond, secondsLeft }) {
      const details = [
        `epoch ${epoch}/${epochs}`,
        `loss ${loss(mean)}`,
        `accuracy ${share(accuracy)}`,
        `${count(samplesPerSecond)} images/s`,
        `${seconds(secondsLeft)} left`,
      ].join('  ');
      if (!bar.isActive) bar.start(100, 0, { details });
      bar.update(Math.floor(done * 100), { details });
    },
    epoch: (metrics, epochs) => say(describeEpoch(metrics, epochs)),
    warning: (code, message) => complain(`${styleText('yellow', `warning ${code}`)}: ${message}`),
    done: (run) => say(`\n${table(describeDone(run), title)}\n`),
    evaluation: (evaluation) => say(describeEvaluation(evaluation)),
    exported: (model) => say(table(describeExport(model), title)),
    prediction(prediction) {
      // False with NO_COLOR, and on terminals with fewer than 256 colours.
      const greys = process.stdout.getColorDepth() >= 8;
      say(
        `${drawPrediction(prediction, { greys, columns: process.stdout.columns, emphasize: (text) => styleText('bold', text) })}\n`,
      );
    },
    answers: (_source, _answers, text) => {
      clear();
      process.stdout.write(text);
    },
    // Standard output may hold the answers.
    predicted: (source) => complain(table(describePredicted(source), title)),
    error: ({ code, message }) => complain(`${styleText('red', `error ${code}`)}: ${message}`),
  };
}
