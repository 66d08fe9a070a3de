import { count, loss, seconds, share } from '../../console/format.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import { html, type Markup, markup } from '../html.ts';
import type { Findings } from '../render-report.ts';
import type { EndedRun } from '../write-report.ts';
import { totalsOf } from './throughput.ts';

/** The mark of MicroNN: three inputs, two hidden neurons, two outputs. */
const mark = markup(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><path stroke="#8a93a6" stroke-width="1.4" d="M5 6L16 11M5 16L16 11M5 26L16 11M5 6L16 21M5 16L16 21M5 26L16 21M16 11L27 11M16 11L27 21M16 21L27 11M16 21L27 21"/><g fill="#1a97a0"><circle cx="5" cy="6" r="3.6"/><circle cx="5" cy="16" r="3.6"/><circle cx="5" cy="26" r="3.6"/></g><g fill="#cf7a30"><circle cx="16" cy="11" r="3.6"/><circle cx="16" cy="21" r="3.6"/></g><g fill="#2d9c68"><circle cx="27" cy="11" r="3.6"/><circle cx="27" cy="21" r="3.6"/></g></svg>',
);

/** What came of the run, in one sentence and a few numbers. */
export function headline(run: EndedRun, metrics: readonly EpochMetrics[], findings?: Findings): Markup {
  const { start, position } = run;
  const last = metrics.at(-1)!;
  const { trainSeconds, samplesPerSecond } = totalsOf(metrics, start.trainSamples);
  const now = new Date();
  const written = now.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
  const title = findings
    ? `${share(findings.right / findings.images)} of ${setName(findings.name)} read right`
    : `${epochs(position.epoch)} of training`;
  const figures: [string, string][] = [
    ...(findings
      ? ([
          [`loss, ${findings.name}`, loss(findings.loss)],
          [`wrong of ${count(findings.images)}`, count(findings.images - findings.right)],
        ] satisfies [string, string][])
      : ([
          ['loss, training', loss(last.trainLoss)],
          ['accuracy, training', share(last.trainAccuracy)],
        ] satisfies [string, string][])),
    [position.epoch === 1 ? 'epoch' : 'epochs', count(position.epoch)],
    ['training', seconds(trainSeconds)],
    ['images per second', count(samplesPerSecond)],
    ['parameters', count(start.parameters)],
  ];
  return html`<header>
<p class="brand">${mark}<b>MicroNN</b> report of a run, <time datetime="${now.toISOString()}">${written}</time></p>
<h1>${title}</h1>
<p>A network of ${start.layers.join(' → ')}, trained for ${describeLength(run)} on ${count(start.trainSamples)} images. ${
    findings
      ? `All that follows is of the last network, as the run ended, measured on ${
          findings.name === 'test'
            ? 'the test set, which it never learned from'
            : 'the part of the data that was held back to validate (there is no test set)'
        }.`
      : 'There is no test set and nothing was held back, so there is nothing to measure it on.'
  }${run.ending === 'interrupted' && ' The run was interrupted; it can be resumed.'}${
    run.ending === 'stopped early' &&
    ' The run stopped early, because the validation loss no longer fell; the best network is best.safetensors.'
  }</p>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

/** How a set is called in a sentence. */
export function setName(name: 'test' | 'validation'): string {
  return name === 'test' ? 'the test set' : 'the validation part';
}

function describeLength({ position: { epoch, step } }: EndedRun): string {
  return step === 0 ? epochs(epoch) : `${epochs(epoch)} and ${count(step)} ${step === 1 ? 'step' : 'steps'}`;
}

function epochs(n: number): string {
  return `${count(n)} ${n === 1 ? 'epoch' : 'epochs'}`;
}
