import { crossEntropy, forward, type Network, parameterCount, tensorPlaces, traceStep } from '@micronn/core';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';

/** The worked example: its network, its sample, and how far one step goes. */
export interface KnobsSetup {
  readonly layers: readonly number[];
  /** In core's canonical order. */
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly label: number;
  readonly learningRate: number;
}

/** All parameters, and how the reader changed them. */
export interface KnobsState {
  readonly parameters: readonly number[];
  /** Number of gradient descent steps. */
  readonly steps: number;
  readonly turnedByHand: boolean;
}

/** The prediction for the sample. */
export interface Guess {
  readonly probabilities: readonly number[];
  readonly loss: number;
}

/** A knob for each parameter: its quantity, and its name with indices, as `W1[0][2]`. */
export interface Knob {
  readonly of: string;
  readonly name: string;
}

/** The largest value of a knob; the smallest is its negative. */
export const reach = 1;

export function knobsOf(layers: readonly number[]): readonly Knob[] {
  return tensorPlaces(layers).flatMap(({ name: of, shape: [, columns], length }) =>
    Array.from({ length }, (_, k) => ({
      of,
      name: columns === undefined ? `${of}[${k}]` : `${of}[${Math.floor(k / columns)}][${k % columns}]`,
    })),
  );
}

export const startKnobs = ({ parameters }: KnobsSetup): KnobsState => ({
  parameters,
  steps: 0,
  turnedByHand: false,
});

/** Sets one knob. */
export function turnKnob(state: KnobsState, knob: number, value: number): KnobsState {
  return { ...state, parameters: state.parameters.with(knob, value), turnedByHand: true };
}

/** Turns all knobs at once, each by its gradient: one step of gradient descent, by core. */
export function learn(setup: KnobsSetup, state: KnobsState): KnobsState {
  const { network } = traceStep(
    networkOf(setup, state),
    Float64Array.from(setup.x),
    setup.label,
    setup.learningRate,
  );
  return { ...state, parameters: Array.from(network.parameters), steps: state.steps + 1 };
}

export function guessOf(setup: KnobsSetup, state: KnobsState): Guess {
  const { probabilities } = forward(networkOf(setup, state), Float64Array.from(setup.x));
  return { probabilities: Array.from(probabilities), loss: crossEntropy(probabilities, [setup.label]) };
}

function networkOf({ layers }: KnobsSetup, { parameters }: KnobsState): Network {
  return { layers, parameters: Float64Array.from(parameters) };
}

/** The result in a sentence. */
export function describeKnobs(setup: KnobsSetup, state: KnobsState): string {
  const { probabilities, loss } = guessOf(setup, state);
  const { steps, turnedByHand } = state;
  const now = `class ${setup.label}, the true class, gets ${formatPercent(probabilities[setup.label]!)}; the loss is ${formatNumber(loss)}`;
  const learned = `${steps} ${steps === 1 ? 'step' : 'steps'} of learning`;
  if (steps > 0) return `After ${learned}${turnedByHand ? ' and your changes' : ''}, ${now}.`;
  if (turnedByHand) return `With your changes, ${now}.`;
  return `With the initial values of the ${parameterCount(setup.layers)} knobs, ${now}.`;
}
