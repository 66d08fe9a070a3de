import { count, share } from '../../console/format.ts';
import type { EvaluationSet } from '../../training/memory.ts';
import { html, type Markup } from '../html.ts';
import { inkImage } from '../pixel-images.ts';
import { type Mistake, pixelsOf, type SurestMistakes } from '../surest-mistakes.ts';
import { dataTable, tableBehind } from './tables.ts';

/** The misclassified images with the most confident predictions. */
export function mistakesSection(
  { name, set }: { readonly name: 'test' | 'validation'; readonly set: EvaluationSet },
  { mistakes, total, examined }: SurestMistakes,
): Markup {
  if (total === 0) {
    return html`<section aria-labelledby="mistakes"><h2 id="mistakes">Most confident mistakes</h2><p>Every image is classified correctly.</p></section>`;
  }
  const drawable = isSquare(set.samples.inputs);
  return html`<section aria-labelledby="mistakes">
<h2 id="mistakes">Most confident mistakes</h2>
<p class="quiet">${
    total === 1
      ? `The only misclassified ${name} image`
      : `Of ${count(total)} misclassified ${name} images, those whose predicted digit has the highest probability`
  }${
    examined < total && `, searched among the ${count(examined)} with the highest loss`
  }. The bars are the ten probabilities.</p>
<ul class="mistakes">${mistakes.map((mistake) => mistakeCard(mistake, name, drawable ? pixelsOf(set, mistake.place) : undefined))}</ul>
${tableBehind(
  'Table of the probabilities',
  dataTable({
    id: 'mistake-probabilities',
    caption: `In percent; images are numbered from 0 in the order of the ${name === 'test' ? 'test' : 'training'} data`,
    head: [
      'image',
      'true',
      'predicted',
      ...Array.from(mistakes[0]!.probabilities, (_, digit) => `p(${digit})`),
    ],
    rows: mistakes.map(({ place, label, prediction, probabilities }) => [
      String(place),
      String(label),
      String(prediction),
      ...Array.from(probabilities, (p) => (100 * p).toFixed(2)),
    ]),
    isHit: (row, column) => column === mistakes[row]!.label + 3,
  }),
)}
</section>`;
}

function mistakeCard(
  { place, label, prediction, probabilities }: Mistake,
  name: string,
  pixels: Uint8Array | undefined,
): Markup {
  const bars = Array.from(probabilities, (p, digit) => {
    const role = digit === prediction ? 'taken' : digit === label ? 'true' : 'other';
    return html`<span class="${role}" style="--p:${p.toFixed(4)}"><i></i>${digit}</span>`;
  });
  return html`<li>
${pixels && html`<img class="ink" src="${inkImage(pixels)}" width="28" height="28" alt="A handwritten ${label}, ${name} image ${place}">`}
<p>true <b>${label}</b>, predicted <b class="sure">${prediction}</b></p>
<p class="two"><span><span class="sure">${prediction}</span> ${share(probabilities[prediction]!)}</span> <span><span class="own">${label}</span> ${share(probabilities[label]!)}</span></p>
<div class="bars" aria-hidden="true">${bars}</div>
</li>`;
}

function isSquare(inputs: number): boolean {
  return Number.isInteger(Math.sqrt(inputs));
}
