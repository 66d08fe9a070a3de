import { count, loss, seconds, share } from '../../console/format.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import type { EndedRun, Findings } from '../findings.ts';
import { html, type Markup, markup } from '../html.ts';
import { totalsOf } from './throughput.ts';

/** The mark of MicroNN: three inputs, two hidden neurons, two outputs. */
const mark = markup(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><path stroke="#8a93a6" stroke-width="1.4" d="M5 6L16 11M5 16L16 11M5 26L16 11M5 6L16 21M5 16L16 21M5 26L16 21M16 11L27 11M16 11L27 21M16 21L27 11M16 21L27 21"/><g fill="#1a97a0"><circle cx="5" cy="6" r="3.6"/><circle cx="5" cy="16" r="3.6"/><circle cx="5" cy="26" r="3.6"/></g><g fill="#cf7a30"><circle cx="16" cy="11" r="3.6"/><circle cx="16" cy="21" r="3.6"/></g><g fill="#2d9c68"><circle cx="27" cy="11" r="3.6"/><circle cx="27" cy="21" r="3.6"/></g></svg>',
);

/** The result of the run: one sentence and a few numbers. */
export function headline(run: EndedRun, metrics: readonly EpochMetrics[], findings?: Findings): Markup {
  const { start, position } = run;
  const last = metrics.at(-1);
  const { trainSeconds, samplesPerSecond } = totalsOf(metrics, start.trainSamples);
  const now = new Date();
  const title = findings
    ? `${share(findings.right / findings.images)} ${findings.name} accuracy`
    : `${epochs(position.epoch)} of training`;
  const figures: [string, string][] = [
    ...(findings
      ? ([
          [`loss, ${findings.name}`, loss(findings.loss)],
          [`errors in ${count(findings.images)}`, count(findings.images - findings.right)],
        ] satisfies [string, string][])
      : last
        ? ([
            ['loss, training', loss(last.trainLoss)],
            ['accuracy, training', share(last.trainAccuracy)],
          ] satisfies [string, string][])
        : []),
    [position.epoch === 1 ? 'epoch' : 'epochs', count(position.epoch)],
    ...(last
      ? ([
          ['training', seconds(trainSeconds)],
          ['images per second', count(samplesPerSecond)],
        ] satisfies [string, string][])
      : []),
    ['parameters', count(start.parameters)],
  ];
  return html`<header>
<p class="brand">${mark}<b>MicroNN</b> training report, <time datetime="${now.toISOString()}">${describeTime(now)}</time></p>
<h1>${title}</h1>
<p>A network with layers ${start.layers.join(' → ')}, trained for ${describeLength(run)} on ${count(start.trainSamples)} images. ${
    findings
      ? `The confusion matrix, the mistakes and the weights show the network at the end of the run, evaluated on ${
          findings.name === 'test'
            ? 'the test set, which is never used in training'
            : 'the validation set (there is no test set)'
        }.`
      : 'There is neither a test set nor a validation set, so this report has no confusion matrix.'
  }${run.ending === 'interrupted' && ' The run was interrupted; continue it with --resume.'}${
    run.ending === 'stopped early' &&
    ' The run stopped early, because the validation loss had stopped falling; best.safetensors contains the best network.'
  }</p>
${describeLoss(position.epoch, metrics.length)}
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function describeLength({ position: { epoch, step } }: EndedRun): string {
  return step === 0 ? epochs(epoch) : `${epochs(epoch)} and ${count(step)} ${step === 1 ? 'step' : 'steps'}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** As `7 March 2026, 09:05`. `toLocaleString` would load the calendars of all languages. */
function describeTime(time: Date): string {
  const [hours, minutes] = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0'));
  return `${time.getDate()} ${MONTHS[time.getMonth()]} ${time.getFullYear()}, ${hours}:${minutes}`;
}

/** What the report lacks if metrics.jsonl has lost epochs. */
function describeLoss(trained: number, known: number): Markup | undefined {
  if (known === trained) return undefined;
  return html`<p>metrics.jsonl has lost ${count(trained - known)} of ${epochs(trained)}: ${
    known === 0
      ? 'this report has neither curves nor training time.'
      : 'the curves, the training time and the throughput cover the others.'
  }</p>`;
}

export function epochs(n: number): string {
  return `${count(n)} ${n === 1 ? 'epoch' : 'epochs'}`;
}
