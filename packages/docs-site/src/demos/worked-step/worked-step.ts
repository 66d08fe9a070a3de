import { argmax, type Network, parameterCount, type Trace, traceStep } from '@micronn/core';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';

/** The start of the demo, as plain numbers that can be part of the page. */
export interface WorkedStepSetup {
  readonly layers: readonly number[];
  /** In core's canonical order: W1, b1, W2, b2, … */
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly label: number;
  readonly learningRate: number;
}

/** The number of steps taken, and the last step with all its values. */
export interface WorkedStep {
  readonly setup: WorkedStepSetup;
  /** Steps taken so far. At 0 the trace is that of the next step, of which only the forward pass is shown. */
  readonly count: number;
  readonly trace: Trace;
  /** The loss before the first step and after each one: count + 1 values. */
  readonly losses: readonly number[];
}

/** The learning rates of the slider. */
export const learningRates: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3];

/** The rows of the table, from the input to the loss, for one hidden layer. */
const quantities = ['x', 'W1', 'b1', 'z1', 'a1', 'W2', 'b2', 'z2', 'a2', 'y', 'loss'] as const;

/** The example before any step. */
export function startWorkedStep(setup: WorkedStepSetup): WorkedStep {
  const trace = step(setup, networkOf(setup), setup.learningRate);
  return { setup, count: 0, trace, losses: [trace.lossBefore] };
}

/** One more step of gradient descent, by core. */
export function takeStep(state: WorkedStep, learningRate: number): WorkedStep {
  const { setup, count, losses } = state;
  const network = count === 0 ? networkOf(setup) : state.trace.network;
  const trace = step(setup, network, learningRate);
  return { setup, count: count + 1, trace, losses: [...losses, trace.lossAfter] };
}

function networkOf({ layers, parameters }: WorkedStepSetup): Network {
  if (layers.length !== 3) {
    throw new RangeError(`worked step: the table shows one hidden layer, got layers ${layers.join('-')}`);
  }
  if (parameters.length !== parameterCount(layers)) {
    throw new RangeError(
      `worked step: layers ${layers.join('-')} have ${parameterCount(layers)} parameters, got ${parameters.length}`,
    );
  }
  return { layers, parameters: Float64Array.from(parameters) };
}

function step({ x, label }: WorkedStepSetup, network: Network, learningRate: number): Trace {
  return traceStep(network, Float64Array.from(x), label, learningRate);
}

/** A column of the table, and the part of the step that fills it. */
type Column = 'before' | 'gradient' | 'after';

/** One cell: a quantity of core's trace. */
export interface Cell {
  readonly column: Column;
  /** Its name in the trace: `z1`, `dz1`, `after.z1`. */
  readonly name: string;
  /** Its formula; empty for given values, and where the cell to the left has the same formula. */
  readonly formula: string;
  readonly rows: number;
  readonly columns: number;
  /** Row by row; undefined while the step has not been taken. */
  readonly values: Float64Array | undefined;
}

export interface Row {
  readonly quantity: string;
  readonly before: Cell;
  readonly gradient: Cell | undefined;
  readonly after: Cell | undefined;
}

/**
 * The step as a table: a row for each quantity; its value before the step, its gradient, its value after.
 *
 * Down the first column runs the forward pass, up the second the backward pass, down the third the update and
 * the forward pass that verifies it.
 */
export function workedStepTable({ trace, count }: WorkedStep): Row[] {
  const entries = new Map(trace.entries.map((entry) => [entry.name, entry]));
  const cell = (column: Column, name: string): Cell | undefined => {
    const entry = entries.get(name);
    if (!entry) return undefined;
    const [rows = 1, columns = 1] = entry.shape;
    const repeated = column === 'after' && entry.phase === 'verify';
    const shown = column === 'before' || count > 0;
    return {
      column,
      name,
      formula: repeated ? '' : entry.formula,
      rows,
      columns,
      values: shown ? entry.values : undefined,
    };
  };
  return quantities.map((quantity) => ({
    quantity,
    before: cell('before', quantity)!,
    gradient: cell('gradient', `d${quantity}`),
    after: cell('after', `after.${quantity}`),
  }));
}

/** The result that the page shows in large: the loss and the prediction for the sample. */
export interface Outcome {
  readonly loss: number;
  readonly probabilities: readonly number[];
  readonly prediction: number;
  readonly isCorrect: boolean;
}

/** The outcome after the last step, or before the first. */
export function outcomeOf({ trace, count, setup }: WorkedStep): Outcome {
  const probabilities = trace.values(count === 0 ? 'a2' : 'after.a2');
  const prediction = argmax(probabilities)[0]!;
  return {
    loss: count === 0 ? trace.lossBefore : trace.lossAfter,
    probabilities: Array.from(probabilities),
    prediction,
    isCorrect: prediction === setup.label,
  };
}

/** The last step, in one or two sentences. */
export function describeWorkedStep(state: WorkedStep): string {
  const { count, trace, setup } = state;
  const { loss, probabilities, prediction, isCorrect } = outcomeOf(state);
  const chance = formatPercent(probabilities[setup.label]!);
  const verdict = `${chance} for class ${setup.label}, so it predicts ${prediction}, which is ${isCorrect ? 'correct' : 'wrong'}.`;
  if (count === 0) return `Before any step the loss is ${formatNumber(loss)}. The network gives ${verdict}`;
  const [from, to] = [formatNumber(trace.lossBefore), formatNumber(loss)];
  const moved = loss < trace.lossBefore ? 'fell' : 'rose';
  const path = from === to ? `stays at ${to}` : `${moved} from ${from} to ${to}`;
  return `Step ${count}: the loss ${path}. The network now gives ${verdict}`;
}

/**
 * The hidden neurons that ReLU makes inactive: no gradient passes them, so a step does not change their weights and
 * biases.
 */
export function inactiveNeurons({ trace }: WorkedStep): { neuron: number; z1: number }[] {
  return Array.from(trace.values('z1'), (z1, neuron) => ({ neuron, z1 })).filter(({ z1 }) => !(z1 > 0));
}

/** A sentence about each inactive hidden neuron; empty if all are active. */
export function describeInactiveNeurons(state: WorkedStep): string {
  return inactiveNeurons(state)
    .map(
      ({ neuron, z1 }) =>
        `Hidden neuron ${neuron} is inactive: its z1 is ${formatNumber(z1)}, ReLU makes it 0, no gradient passes through it, and row ${neuron} of W1 and b1 does not change.`,
    )
    .join(' ');
}

/** The losses as points of an SVG polyline in a box of this size, with loss 0 at the bottom. */
export function lossPath(losses: readonly number[], width: number, height: number): string {
  const top = Math.max(...losses);
  const last = Math.max(losses.length - 1, 1);
  return losses
    .map((loss, k) => `${round((k / last) * width)},${round(height - (loss / top) * height)}`)
    .join(' ');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
