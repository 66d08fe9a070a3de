import { count, share } from '../../console/format.ts';
import type { EvaluationSet } from '../../training/memory.ts';
import { type EndedRun, nounOf } from '../findings.ts';
import { html, type Markup } from '../html.ts';
import { inkImage } from '../pixel-images.ts';
import { type Mistake, pixelsOf, type SurestMistakes } from '../surest-mistakes.ts';
import { dataTable, tableBehind } from './tables.ts';

/** The classes that have a bar: all, or the most probable ones. */
const MOST_BARS = 10;
/** More columns do not help in a table. */
const MOST_COLUMNS = 20;
/** Longer names have no room below bars. */
const BAR_NAME = 2;

type Form = EndedRun['form'];

/** The misclassified images with the most confident predictions. */
export function mistakesSection(
  { name, set }: { readonly name: 'test' | 'validation'; readonly set: EvaluationSet },
  form: Form,
  { mistakes, total, examined }: SurestMistakes,
): Markup {
  if (total === 0) {
    return html`<section aria-labelledby="mistakes"><h2 id="mistakes">Most confident mistakes</h2><p>Every image is classified correctly.</p></section>`;
  }
  const { names } = form.classes;
  const C = names.length;
  return html`<section aria-labelledby="mistakes">
<h2 id="mistakes">Most confident mistakes</h2>
<p class="quiet">${
    total === 1
      ? `The only misclassified ${name} image`
      : `Of ${count(total)} misclassified ${name} images, those whose predicted ${nounOf(form.classes)} has the highest probability`
  }${
    examined < total && `, searched among the ${count(examined)} with the highest loss`
  }. The bars are ${C <= MOST_BARS ? `the ${C === 10 ? 'ten' : C} probabilities` : `the ${MOST_BARS} highest probabilities`}.</p>
<ul class="mistakes">${mistakes.map((mistake) => mistakeCard(mistake, name, form, pixelsOf(set, mistake.place)))}</ul>
${tableBehind('Table of the probabilities', probabilitiesTable(mistakes, name, names))}
</section>`;
}

function probabilitiesTable(
  mistakes: readonly Mistake[],
  name: 'test' | 'validation',
  names: readonly string[],
): Markup {
  const all = names.length <= MOST_COLUMNS;
  const percent = (p: number): string => (100 * p).toFixed(2);
  return dataTable({
    id: 'mistake-probabilities',
    caption: `In percent; images are numbered from 0 in the order of the ${name === 'test' ? 'test' : 'training'} data`,
    head: [
      'image',
      'true',
      'predicted',
      ...(all ? names.map((each) => `p(${each})`) : ['p(predicted)', 'p(true)']),
    ],
    rows: mistakes.map(({ place, label, prediction, probabilities }) => [
      String(place),
      names[label]!,
      names[prediction]!,
      ...(all
        ? Array.from(probabilities, percent)
        : [percent(probabilities[prediction]!), percent(probabilities[label]!)]),
    ]),
    ...(all && { isHit: (row: number, column: number) => column === mistakes[row]!.label + 3 }),
  });
}

function mistakeCard(
  { place, label, prediction, probabilities }: Mistake,
  set: string,
  { width, height, classes }: Form,
  pixels: Uint8Array,
): Markup {
  const { names } = classes;
  const fit = names.every(({ length }) => length <= BAR_NAME);
  const bars = shownClasses(probabilities, label).map((k) => {
    const role = k === prediction ? 'taken' : k === label ? 'true' : 'other';
    return html`<span class="${role}" style="--p:${probabilities[k]!.toFixed(4)}"><i></i>${fit && names[k]!}</span>`;
  });
  const [of, as] = [names[label]!, names[prediction]!];
  const what = nounOf(classes) === 'digit' ? `A handwritten ${of}` : of;
  return html`<li>
<img class="ink" src="${inkImage(pixels, width)}" width="${width}" height="${height}" alt="${what}, ${set} image ${place}">
<p>true <b>${of}</b>, predicted <b class="sure">${as}</b></p>
<p class="two"><span><span class="sure">${as}</span> ${share(probabilities[prediction]!)}</span> <span><span class="own">${of}</span> ${share(probabilities[label]!)}</span></p>
<div class="bars" aria-hidden="true">${bars}</div>
</li>`;
}

/** All classes, or the most probable ones and the true one, in their order. */
function shownClasses(probabilities: Float64Array, label: number): number[] {
  const all = Array.from(probabilities, (_, k) => k);
  if (all.length <= MOST_BARS) return all;
  const others = all
    .filter((k) => k !== label)
    .toSorted((one, other) => probabilities[other]! - probabilities[one]!)
    .slice(0, MOST_BARS - 1);
  return [label, ...others].toSorted((one, other) => one - other);
}
