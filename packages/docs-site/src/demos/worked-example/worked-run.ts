import { type Network, type TraceEntry, traceStep } from '@micronn/core';

/** The start of the example, as plain numbers that can be part of the page. */
export interface ExampleSetup {
  readonly layers: readonly number[];
  /** In core's canonical order: W1, b1, W2, b2. */
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly label: number;
  readonly learningRate: number;
}

/** The given values, and the six steps of the tutorial's full worked example. */
export const parts: readonly string[] = [
  'Given',
  'Forward, layer 1',
  'Forward, layer 2',
  'The loss',
  'Backpropagation',
  'The update',
  'Check the result',
];

/** A stop of the timeline: the quantity that is computed there, or at the first stop the given values. */
export interface Stop {
  /** Its name in the address of the page: `given`, `z1`, `after.W1`. */
  readonly key: string;
  /** Index of its part in {@link parts}. */
  readonly part: number;
  readonly entries: readonly TraceEntry[];
}

export interface WorkedRun {
  readonly stops: readonly Stop[];
  readonly entries: ReadonlyMap<string, TraceEntry>;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** One training step by core, split into stops. */
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

/** The stop that an address names, as `?step=dW2`; by default the first one. */
export function stopOfAddress({ stops }: WorkedRun, search: string): number {
  const key = new URLSearchParams(search).get('step');
  return Math.max(
    stops.findIndex((stop) => stop.key === key),
    0,
  );
}

/** The query of the address with the stop set; the first stop has no parameter. */
export function addressOfStop({ stops }: WorkedRun, at: number, search = ''): string {
  const query = new URLSearchParams(search);
  if (at === 0) query.delete('step');
  else query.set('step', stops[at]!.key);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
