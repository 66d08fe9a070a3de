import { count, seconds } from '../../console/format.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import { drawThroughput } from '../draw-curves.ts';
import { html, type Markup } from '../html.ts';
import { thinnedOut } from './curves.ts';

/** The totals over all epochs. */
export function totalsOf(
  metrics: readonly EpochMetrics[],
  trainSamples: number,
): { trainSeconds: number; samplesPerSecond: number } {
  const trainSeconds = metrics.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return {
    trainSeconds,
    samplesPerSecond: trainSeconds === 0 ? 0 : Math.round((metrics.length * trainSamples) / trainSeconds),
  };
}

/** Images per second, per epoch and overall. */
export function throughputSection(metrics: readonly EpochMetrics[], trainSamples: number): Markup {
  const { trainSeconds, samplesPerSecond } = totalsOf(metrics, trainSamples);
  const rates = metrics.map((epoch) => epoch.samplesPerSecond);
  const [slowest, fastest] = [rates.reduce((a, b) => Math.min(a, b)), rates.reduce((a, b) => Math.max(a, b))];
  const label = `Images per second by epoch, from ${count(slowest)} to ${count(fastest)}.`;
  return html`<section aria-labelledby="throughput">
<h2 id="throughput">Throughput</h2>
<div class="pair">
<div><p>${count(samplesPerSecond)} images per second overall: ${count(metrics.length * trainSamples)} images in ${seconds(trainSeconds)} of training, not counting evaluation and saving.</p><p class="quiet small">The numbers are in the table of epochs above.</p></div>
<figure class="plot-figure"><figcaption class="title">Thousands of images per second</figcaption>${drawThroughput(label, thinnedOut(metrics))}</figure>
</div>
</section>`;
}
