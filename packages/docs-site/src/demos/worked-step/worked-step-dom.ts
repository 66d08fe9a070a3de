import { formatNumber, formatPercent } from '../../desk/format-number.ts';
import { formulaHtml } from '../../desk/formula.ts';
import {
  describeInactiveNeurons,
  describeWorkedStep,
  learningRates,
  lossPath,
  outcomeOf,
  startWorkedStep,
  takeStep,
  type WorkedStep,
  type WorkedStepSetup,
  workedStepTable,
} from './worked-step.ts';

const SETTLE_MS = 380;
const STAGGER_MS = 55;

/** Connects the buttons and the slider of a rendered WorkedStep.astro with its numbers. */
export function runWorkedStep(section: HTMLElement): void {
  const setup = JSON.parse(section.dataset['workedStep']!) as WorkedStepSetup;
  const find = (selector: string): Element => {
    const element = section.querySelector(selector);
    if (!element) throw new Error(`worked step: the page has no ${selector}`);
    return element;
  };
  const rate = find('[data-action="rate"]') as HTMLInputElement;
  let state = startWorkedStep(setup);

  find('[data-action="step"]').addEventListener('click', () => {
    state = takeStep(state, learningRates[rate.valueAsNumber]!);
    show();
    settle();
  });
  find('[data-action="restart"]').addEventListener('click', () => {
    state = startWorkedStep(setup);
    show();
  });
  rate.addEventListener('input', () => showRate());
  // The browser's back button restores the slider, but not the steps.
  showRate();

  function showRate(): void {
    const text = String(learningRates[rate.valueAsNumber]);
    find('[data-rate]').textContent = text;
    rate.setAttribute('aria-valuetext', text);
  }

  function show(): void {
    const outcome = outcomeOf(state);
    setData(find('[data-loss]'), outcome.loss, formatNumber(outcome.loss));
    find('[data-count]').textContent = String(state.count);
    find('[data-count-noun]').textContent = state.count === 1 ? 'step' : 'steps';
    find('.path polyline').setAttribute('points', lossPath(state.losses, 200, 48));
    for (const [c, probability] of outcome.probabilities.entries()) {
      find(`[data-bar="${c}"]`).setAttribute('width', `${probability * 100}%`);
      setData(find(`[data-probability="${c}"]`), probability, formatPercent(probability));
    }
    find('[data-status]').textContent = describeWorkedStep(state);
    find('[data-inactive]').innerHTML = formulaHtml(describeInactiveNeurons(state));
    showTable(state);
  }

  function showTable(current: WorkedStep): void {
    for (const { before, gradient, after } of workedStepTable(current)) {
      for (const cell of [before, gradient, after]) {
        if (!cell) continue;
        const places = section.querySelectorAll<HTMLDataElement>(`[data-cell="${cell.name}"] data`);
        for (const [k, place] of places.entries()) {
          const value = cell.values?.[k];
          if (value === undefined) setData(place, '', '·');
          else setData(place, value, formatNumber(value));
        }
        const how = section.querySelector(`[data-formula="${cell.name}"] .formula`);
        if (how) how.innerHTML = formulaHtml(cell.formula);
      }
    }
  }

  /** Animates the numbers in the order of their computation: the gradients upwards, the rest downwards. */
  function settle(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const values = (column: string): Element[] => [
      ...section.querySelectorAll(`td[data-column="${column}"] .values`),
    ];
    const inOrder = [...values('gradient').toReversed(), ...values('after')];
    for (const [k, element] of inOrder.entries()) {
      const from = { opacity: 0, transform: 'translateY(-0.35rem)' };
      element.animate([from, { opacity: 1, transform: 'none' }], {
        duration: SETTLE_MS,
        delay: k * STAGGER_MS,
        easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)',
        fill: 'backwards',
      });
    }
  }
}

/** Sets the text of a `<data>` element, and its value in full precision. */
function setData(element: Element, value: number | '', text: string): void {
  element.setAttribute('value', String(value));
  element.textContent = text;
}
