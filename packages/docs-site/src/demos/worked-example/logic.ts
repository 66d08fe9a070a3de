import { type Network, type TraceEntry, traceStep } from '@micronn/core';
import { formatNumber } from '../format-number.ts';

/** What the example starts from: plain numbers, so that they can travel in the page. */
export interface ExampleSetup {
  readonly layers: readonly number[];
  /** In core's canonical order: W1, b1, W2, b2. */
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly label: number;
  readonly learningRate: number;
}

/** A number as the tutorial shows it, and where that is a slip, what is wrong with it. */
interface Shown {
  readonly text: string;
  readonly decimals: number;
  readonly slip?: string;
}

/** The tutorial's figures by the names of core's trace: `dW1[1][2]`, `after.z1[0]`, `loss`. */
export type ShownFigures = Readonly<Record<string, Shown>>;

/** The six steps of the tutorial's full worked example, and what is given before them. */
export const parts: readonly string[] = [
  'What is given',
  'Forward, layer 1',
  'Forward, layer 2',
  'The loss',
  'Backpropagation',
  'The update',
  'Better than before?',
];

/** A stop of the timeline: the quantity that is computed there; at the first, all that is given. */
export interface Stop {
  /** What it is called in the address of the page: `given`, `z1`, `after.W1`. */
  readonly key: string;
  /** Which of {@link parts} it belongs to. */
  readonly part: number;
  readonly entries: readonly TraceEntry[];
}

export interface WorkedRun {
  readonly stops: readonly Stop[];
  readonly entries: ReadonlyMap<string, TraceEntry>;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** One training step by core, cut into stops. */
export function runWorkedExample({ layers, parameters, x, label, learningRate }: ExampleSetup): WorkedRun {
  const network: Network = { layers, parameters: Float64Array.from(parameters) };
  const trace = traceStep(network, Float64Array.from(x), label, learningRate);
  const given = trace.entries.filter(({ phase }) => phase === 'setup');
  const computed = trace.entries.filter(({ phase }) => phase !== 'setup');
  return {
    stops: [
      { key: 'given', part: 0, entries: given },
      ...computed.map((entry) => ({ key: entry.name, part: partOf(entry), entries: [entry] })),
    ],
    entries: new Map(trace.entries.map((entry) => [entry.name, entry])),
    lossBefore: trace.lossBefore,
    lossAfter: trace.lossAfter,
  };
}

const partsByPhase = { setup: 0, loss: 3, backward: 4, update: 5, verify: 6 } as const;

function partOf({ phase, name }: TraceEntry): number {
  if (phase === 'forward') return name.endsWith('1') ? 1 : 2;
  return partsByPhase[phase];
}

/** The stop that an address names, as `?step=dW2`; the first one where it names none. */
export function stopOfAddress({ stops }: WorkedRun, search: string): number {
  const key = new URLSearchParams(search).get('step');
  return Math.max(
    stops.findIndex((stop) => stop.key === key),
    0,
  );
}

/** The address's query with that stop in it, all else as it was; the first stop needs none. */
export function addressOfStop({ stops }: WorkedRun, at: number, search = ''): string {
  const query = new URLSearchParams(search);
  if (at === 0) query.delete('step');
  else query.set('step', stops[at]!.key);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** One number, twice: as it is, and as the tutorial says it. */
export interface ComparedNumber {
  /** `dW1[1][2]` */
  readonly place: string;
  readonly value: number;
  readonly shown: Shown | undefined;
}

/** Each number of a stop beside the tutorial's. */
export function compareWithTutorial({ entries }: Stop, figures: ShownFigures): ComparedNumber[] {
  return entries.flatMap(({ name, shape, values }) =>
    Array.from(values, (value, k) => {
      const place = `${name}${positionOf(shape, k)}`;
      return { place, value, shown: figures[place] };
    }),
  );
}

function positionOf(shape: readonly number[], k: number): string {
  if (shape.length === 0) return '';
  return shape.length === 1 ? `[${k}]` : `[${Math.floor(k / shape[1]!)}][${k % shape[1]!}]`;
}

/** A number in full: the shortest text that means this very double, with a true minus sign. */
export function inFull(value: number): string {
  return (Object.is(value, -0) ? '0' : String(value)).replace('-', '−').replace('e−', 'e-');
}

/** A figure as the fixtures have it. */
interface FixtureFigure {
  readonly step: string;
  readonly quantity: string;
  readonly shown: string;
  readonly decimals: number;
  readonly why?: string;
}

/**
 * The tutorial's figures by the names of core's trace. What the full worked example says comes before what the
 * chapters say, and a slip before either.
 */
export function shownFigures(
  figures: readonly FixtureFigure[],
  slips: readonly FixtureFigure[],
): ShownFigures {
  const byPlace: Record<string, Shown> = {};
  const isWorked = ({ step }: FixtureFigure) => step.startsWith('worked');
  const inOrder = [
    ...figures.filter((figure) => !isWorked(figure)),
    ...figures.filter(isWorked).toReversed(),
    ...slips,
  ];
  for (const { quantity, shown, decimals, why } of inOrder) {
    const place = quantity
      .replace(/^before\./, '')
      .replace(/^afterPass\./, 'after.')
      .replace(/^W2TransposedDz2/, 'da1');
    byPlace[place] = { text: shown.replace('-', '−'), decimals, ...(why !== undefined && { slip: why }) };
  }
  return byPlace;
}

const explanations: Readonly<Record<string, string>> = {
  given: 'A network with its weights and biases, and a sample',
  z1: 'Each hidden neuron adds up its products and its bias',
  a1: 'ReLU silences what is not positive: hidden neuron 0 says nothing',
  z2: 'The output layer does the same with what the hidden layer says',
  expZ2: 'The exponential makes every score positive',
  sumExpZ2: 'Their sum is what the shares are shares of',
  a2: 'Each one’s share of the sum is its probability: the network prefers neither class',
  y: 'The true class, written so that it can be subtracted',
  loss: 'The loss is the logarithm of the true class’s probability, turned positive',
  dz2: 'At the output the gradient is what is there less what should be there',
  dW2: 'Each weight’s share: what it led to, times what came through it',
  db2: 'A bias has always 1 coming through it',
  da1: 'The gradient goes back through the same weights',
  reluDerivativeZ1: 'ReLU lets through only where it was awake',
  dz1: 'Nothing goes back through hidden neuron 0',
  dW1: 'So the first row of the weights has no gradient at all',
  db1: 'Nor has the first bias',
  'after.W1': 'The gradient, times the learning rate, is taken away: the first row stays as it was',
  'after.b1': 'The same for the bias',
  'after.W2': 'Only the weights of the awake neuron move',
  'after.b2': 'Both biases end near zero',
  'after.z1': 'The same sample again: hidden neuron 1 answers louder',
  'after.a1': 'Neuron 0 is as dead as before',
  'after.z2': 'Now class 1 has the higher score',
  'after.expZ2': 'The exponentials again',
  'after.sumExpZ2': 'And their sum',
  'after.a2': 'Class 1 has the larger share now',
  'after.loss': 'The step went down',
  prediction: 'Before the step the network took the sample for the wrong class',
  'after.prediction': 'After it, for the right one',
};

/** What a stop is about, as a sentence without its full stop. */
export function explainStop({ key }: Stop): string {
  return explanations[key] ?? key;
}

/** Where the reader stands, in a sentence or two. */
export function describeStop({ stops }: WorkedRun, at: number, figures: ShownFigures): string {
  const stop = stops[at]!;
  const numbers = compareWithTutorial(stop, figures);
  const slips = numbers.filter(({ shown }) => shown?.slip !== undefined).length;
  const what = explainStop(stop);
  const values = at === 0 ? '' : ` ${stop.key} = ${numbers.map(({ value }) => short(value)).join(', ')}.`;
  const slipped =
    slips === 0
      ? ''
      : ` Here the tutorial slips: ${numbers
          .filter(({ shown }) => shown?.slip !== undefined)
          .map(
            ({ shown, value }) =>
              `it says ${shown!.text}, and it is ${formatNumber(value, shown!.decimals + 1)}`,
          )
          .join('; ')}.`;
  return `${what}.${values}${slipped}`;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : formatNumber(value);
}
