import path from 'node:path';
import type { EpochMetrics } from '../run-folder/metrics-files.ts';
import type { ModelEvaluation, ModelExport, PredictedSource, RunDone, RunStart } from './reporter.ts';

/** The words and numbers of the plain and the terminal reporter. */

/** A whole number with commas. Loading Intl's data takes longer than all other formatting together. */
export function count(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function share(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

export function loss(value: number): string {
  return value < 1e6 ? value.toFixed(4) : value.toExponential(2);
}

export function seconds(value: number): string {
  if (value < 99.95) return `${value.toFixed(value < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

function listed(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' · ');
}

/** What the trainer does before a large network can train. */
export function describePreparing(parameters: number): string {
  return `preparing a network of ${count(parameters)} parameters …`;
}

/** A source that takes a while. */
export function describeReading(source: string): string {
  return `reading ${source === '-' ? 'standard input' : shortPath(source)} …`;
}

/** The configuration of a run, as titles and values. */
export function describeStart({
  config,
  layers,
  parameters,
  threads,
  shards,
  data,
  testData,
  trainSamples,
  validationSamples,
  testSamples,
  resumed,
}: RunStart): [string, string][] {
  const { epochs, batchSize, lr, momentum, init, seed, parallel, backend } = config;
  const source = String(config['data']);
  return [
    [
      'network',
      listed([layers.join(' → '), `${count(parameters)} parameters`, `${String(init)} initialisation`]),
    ],
    [
      'images',
      listed([
        source === 'mnist' ? 'MNIST' : shortPath(source),
        `${count(trainSamples)} to train`,
        validationSamples > 0 && `${count(validationSamples)} to validate`,
        testSamples > 0 && `${count(testSamples)} to test`,
      ]),
    ],
    ['data', data],
    ...(testData === undefined || testData === data ? [] : [['test data', testData] as [string, string]]),
    [
      'training',
      listed([
        `${String(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}`,
        batchSize === 'full' ? 'full batch' : `batch ${String(batchSize)}`,
        `learning rate ${String(lr)}`,
        momentum !== 0 && `momentum ${String(momentum)}`,
        `seed ${String(seed)}`,
      ]),
    ],
    [
      'machine',
      listed([
        `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        `${parallel === 'rows' ? 'row' : 'data'}-parallel, ${shards} ${shards === 1 ? 'shard' : 'shards'} a batch`,
        `${String(backend)} backend`,
      ]),
    ],
    ...describeResumed(resumed),
  ];
}

function describeResumed(resumed: RunStart['resumed']): [string, string][] {
  if (!resumed) return [];
  const { epoch, step } = resumed;
  return [
    ['resumed', step > 0 ? `in epoch ${epoch + 1}, after step ${count(step)}` : `after epoch ${epoch}`],
  ];
}

/** One line per epoch, in aligned columns. */
export function describeEpoch(metrics: EpochMetrics, epochs: number): string {
  const parts = [`loss ${loss(metrics.trainLoss)}  accuracy ${share(metrics.trainAccuracy)}`];
  if (metrics.validationLoss !== undefined)
    parts.push(`validation ${loss(metrics.validationLoss)}  ${share(metrics.validationAccuracy!)}`);
  if (metrics.testLoss !== undefined)
    parts.push(`test ${loss(metrics.testLoss)}  ${share(metrics.testAccuracy!)}`);
  parts.push(`${seconds(metrics.seconds)}  ${count(metrics.samplesPerSecond)} images/s`);
  return `epoch ${String(metrics.epoch).padStart(String(epochs).length)}/${epochs}  ${parts.join('  │  ')}`;
}

export function describeDone(run: RunDone): [string, string][] {
  const rows: [string, string][] = [];
  if (run.stoppedEarly) {
    const { epochsWithoutBetter, bestEpoch, bestValidationLoss } = run.stoppedEarly;
    rows.push([
      'stopped',
      `early, after epoch ${run.epochs}: no lower validation loss for ${epochsWithoutBetter} epochs (best: ${loss(bestValidationLoss)} in epoch ${bestEpoch})`,
    ]);
  }
  if (run.validationAccuracy !== undefined)
    rows.push([
      'validation',
      `accuracy ${share(run.validationAccuracy)} · loss ${loss(run.validationLoss!)}`,
    ]);
  if (run.testAccuracy !== undefined)
    rows.push(['test', `accuracy ${share(run.testAccuracy)} · loss ${loss(run.testLoss!)}`]);
  const trained = `${seconds(run.trainSeconds)} training · ${count(run.samplesPerSecond)} images/s`;
  rows.push(['time', listed([run.epochs > 0 && trained, `${seconds(run.totalSeconds)} in total`])]);
  rows.push(['parameters', `sha256 ${run.parametersSha256}`]);
  rows.push(['saved in', shortPath(run.runDir)]);
  if (run.report !== undefined) rows.push(['report', shortPath(run.report)]);
  return rows;
}

/** What `predict` did with a source of many images. */
export function describePredicted({
  understood,
  images,
  accuracy,
  unlike,
  out,
}: PredictedSource): [string, string][] {
  return [
    ...(understood === undefined ? [] : [['data', understood] as [string, string]]),
    [
      'predicted',
      listed([
        `${count(images)} ${images === 1 ? 'image' : 'images'}`,
        accuracy !== undefined && `${share(accuracy)} as labelled`,
        unlike !== undefined && `${count(unlike)} unlike every class`,
      ]),
    ],
    ...(out === undefined ? [] : [['saved in', shortPath(out)] as [string, string]]),
  ];
}

/** A wider confusion matrix does not fit into most terminals. */
const MOST_COLUMNS = 80;
/** The mistakes that are listed instead. */
const LISTED_MISTAKES = 20;
/** Longer names are cut above the columns, and before the rows. */
const NAME_WIDTH = 5;
const TITLE_WIDTH = 24;

/** Accuracy, loss, and the confusion matrix: row label, column prediction. */
export function describeEvaluation({
  model,
  source,
  understood,
  samples,
  accuracy,
  loss: meanLoss,
  classes,
  confusionMatrix,
}: ModelEvaluation): string {
  return [
    table([
      ['model', shortPath(model)],
      ['images', `${source === 'mnist' ? "MNIST's test set" : shortPath(source)} · ${count(samples)}`],
      ['data', understood],
      ['accuracy', share(accuracy)],
      ['loss', loss(meanLoss)],
    ]),
    '',
    ...(describeMatrix(classes, confusionMatrix) ?? describeMistakes(classes, confusionMatrix)),
  ].join('\n');
}

/** The matrix; undefined if it is too wide. */
function describeMatrix(
  classes: readonly string[],
  matrix: readonly (readonly number[])[],
): string[] | undefined {
  const short = classes.map((name) => cutName(name, NAME_WIDTH));
  const counts = matrix.map((row) => row.map(count));
  // Ten columns of cut names fit.
  const gap = short.some(({ length }) => length > 3) ? 1 : 2;
  const width = Math.max(3, ...[...counts.flat(), ...short].map(({ length }) => length)) + gap;
  const titles = classes.map((name) => cutName(name, TITLE_WIDTH));
  const left = Math.max(7, ...titles.map(({ length }) => length));
  if (3 + left + classes.length * width > MOST_COLUMNS) return undefined;
  const cells = (values: readonly string[]): string => values.map((value) => value.padStart(width)).join('');
  return [
    '  predicted →',
    `  ${'true ↓'.padStart(left)} ${cells(short)}`,
    ...counts.map((row, k) => `  ${titles[k]!.padStart(left)} ${cells(row)}`),
  ];
}

function cutName(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

/** The pairs of classes that are confused most often. */
function describeMistakes(classes: readonly string[], matrix: readonly (readonly number[])[]): string[] {
  const mistakes = matrix
    .flatMap((row, k) => row.map((images, other) => ({ images, label: k, prediction: other })))
    .filter(({ images, label, prediction }) => label !== prediction && images > 0)
    .toSorted((one, other) => other.images - one.images)
    .slice(0, LISTED_MISTAKES);
  const name = (k: number): string => cutName(classes[k]!, TITLE_WIDTH);
  const left = Math.max(4, ...mistakes.map(({ label }) => name(label).length));
  const right = Math.max(9, ...mistakes.map(({ prediction }) => name(prediction).length));
  const most = Math.max(0, ...mistakes.map(({ images }) => count(images).length));
  return [
    `  ${'true'.padStart(left)} → ${'predicted'.padEnd(right)}  most often`,
    ...mistakes.map(({ label, prediction, images }) => {
      const all = matrix[label]!.reduce((sum, each) => sum + each, 0);
      return `  ${name(label).padStart(left)} → ${name(prediction).padEnd(right)}  ${count(images).padStart(most)} of ${count(all)}`;
    }),
  ];
}

/** The exported model, as titles and values. */
export function describeExport({
  model,
  format,
  scale,
  layers,
  parametersSha256,
  file,
}: ModelExport): [string, string][] {
  return [
    ['model', listed([shortPath(model), layers.join(' → ')])],
    [
      'format',
      listed([
        format,
        scale === 'inside' && 'takes pixels from 0 to 255; the model divides them by 255',
        scale === 'outside' && 'takes pixels from 0 to 1; divide them by 255 first',
      ]),
    ],
    ['parameters', `sha256 ${parametersSha256}`],
    ['saved in', shortPath(file)],
  ];
}

/** Two aligned columns: titles and values. */
export function table(
  rows: readonly [string, string][],
  paint: (title: string) => string = (title) => title,
): string {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, value]) => `  ${paint(title.padEnd(width))}  ${value}`).join('\n');
}

/** Relative to the folder in which the command was typed, if that is shorter. */
export function shortPath(file: string): string {
  const relative = path.relative(process.env['INIT_CWD'] ?? process.cwd(), file);
  return relative !== '' && relative.length < file.length ? relative : file;
}
