import {
  accuracy,
  argmax,
  backward,
  crossEntropyFromLogits,
  forward,
  layerViews,
  type Network,
  sgdStep,
} from '@micronn/core';
import { formatNumber, formatPercent, formatShort } from '../../desk/format-number.ts';

/** Samples to train on, one after another in x. */
interface Samples {
  readonly x: readonly number[];
  readonly labels: readonly number[];
}

/** The 3-2-2 network at the start, its sample, and the tutorial's learning rate. */
export interface DescentSetup {
  /** In core's canonical order: W1, b1, W2, b2. */
  readonly parameters: readonly number[];
  /** The sample of the worked example. */
  readonly one: Samples;
  readonly learningRate: number;
}

/** The reader's settings. */
export interface DescentSettings {
  readonly learningRate: number;
  readonly steps: number;
  readonly samples: 'one' | 'four';
}

/** A network and its predictions for the samples. */
interface Descended {
  readonly W1: readonly number[];
  readonly b1: readonly number[];
  readonly W2: readonly number[];
  readonly b2: readonly number[];
  readonly loss: number;
  /** Probabilities for the first sample, that of the worked example. */
  readonly a2: readonly number[];
  /** Number of correct predictions. */
  readonly correct: number;
}

export interface Descent {
  readonly settings: DescentSettings;
  readonly labels: readonly number[];
  /** Before the first step and after each. */
  readonly losses: readonly number[];
  /** The losses with the tutorial's learning rate, for comparison. */
  readonly usual: readonly number[];
  readonly before: Descended;
  readonly after: Descended;
  /** Hidden neurons that are inactive for every sample after the last step. */
  readonly dead: readonly number[];
}

export const mostSteps = 200;

const layers: readonly [D: number, H: number, C: number] = [3, 2, 2];
const [, H, C] = layers;

/** Three more samples, invented so that no single step suits all four. */
const others: Samples = { x: [0.9, 0.1, 0.4, 0.3, 0.6, 0.7, 0.8, 0.4, 0.1], labels: [0, 1, 0] };

export const descentStart = ({ learningRate }: DescentSetup): DescentSettings => ({
  learningRate,
  steps: 1,
  samples: 'one',
});

/** Takes the steps of gradient descent on all samples at once, by core. */
export function descend(setup: DescentSetup, settings: DescentSettings): Descent {
  const { one, parameters } = setup;
  const samples =
    settings.samples === 'one'
      ? one
      : { x: [...one.x, ...others.x], labels: [...one.labels, ...others.labels] };
  const x = Float64Array.from(samples.x);
  const { labels } = samples;
  const start: Network = { layers, parameters: Float64Array.from(parameters) };
  const { network, losses } = takeSteps(start, x, labels, settings);
  const usual = takeSteps(start, x, labels, { ...settings, learningRate: setup.learningRate }).losses;
  const [a1] = forward(network, x).a;
  return {
    settings,
    labels,
    losses,
    usual,
    before: describeNetwork(start, x, labels),
    after: describeNetwork(network, x, labels),
    dead: Array.from({ length: H }, (_, j) => j).filter((j) =>
      labels.every((_, i) => !(a1![i * H + j]! > 0)),
    ),
  };
}

function takeSteps(
  start: Network,
  x: Float64Array,
  labels: readonly number[],
  { learningRate, steps }: { learningRate: number; steps: number },
): { network: Network; losses: number[] } {
  const network: Network = { layers, parameters: start.parameters.slice() };
  let pass = forward(network, x);
  const losses = [crossEntropyFromLogits(pass.z.at(-1)!, labels, C)];
  for (let step = 0; step < steps; step++) {
    sgdStep(network.parameters, backward(network, pass, labels).gradients, { learningRate });
    pass = forward(network, x);
    losses.push(crossEntropyFromLogits(pass.z.at(-1)!, labels, C));
  }
  return { network, losses };
}

function describeNetwork(network: Network, x: Float64Array, labels: readonly number[]): Descended {
  const [layer1, layer2] = layerViews(network.parameters, layers);
  const pass = forward(network, x);
  return {
    W1: Array.from(layer1!.W),
    b1: Array.from(layer1!.b),
    W2: Array.from(layer2!.W),
    b2: Array.from(layer2!.b),
    loss: crossEntropyFromLogits(pass.z.at(-1)!, labels, C),
    a2: Array.from(pass.probabilities.slice(0, C)),
    correct: accuracy(argmax(pass.probabilities, C), labels) * labels.length,
  };
}

/** Number of steps after which the loss is higher than before. */
export function countRises(losses: readonly number[]): number {
  return losses.filter((loss, k) => k > 0 && loss > losses[k - 1]!).length;
}

/** The result in a few sentences. */
export function describeDescent({ settings, losses, before, after, labels, dead }: Descent): string {
  const { steps, learningRate } = settings;
  const rate = `learning rate ${formatShort(learningRate)}`;
  if (steps === 0) return `Before any step the loss is ${formatNumber(before.loss)}.`;
  const [from, to] = [formatNumber(before.loss), formatNumber(after.loss)];
  const moved = after.loss < before.loss ? 'fallen' : 'risen';
  const path = from === to ? `the loss stays at ${to}` : `the loss has ${moved} from ${from} to ${to}`;
  const outcome =
    labels.length === 1
      ? `The true class ${labels[0]} gets ${formatPercent(after.a2[labels[0]!]!)} instead of ${formatPercent(before.a2[labels[0]!]!)}.`
      : `${after.correct} of ${labels.length} samples are predicted correctly, ${before.correct} before.`;
  const rises = countRises(losses);
  const rose = rises === 0 ? '' : ` On the way it rose ${rises === 1 ? 'once' : `${rises} times`}.`;
  const died =
    labels.length > 1 && dead.length === H
      ? ' Both hidden neurons are dead, so the output no longer depends on the input.'
      : '';
  return `After ${steps} ${steps === 1 ? 'step' : 'steps'} with ${rate} ${path}. ${outcome}${rose}${died}`;
}
