import { formatNumber } from '../../desk/format-number.ts';
import { compareWithTutorial, type ShownFigures } from './tutorial-figures.ts';
import type { Stop, WorkedRun } from './worked-run.ts';

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
