import { formatNumber } from '../../desk/format-number.ts';
import { compareWithTutorial, type ShownFigures } from './tutorial-figures.ts';
import type { Stop, WorkedRun } from './worked-run.ts';

const explanations: Readonly<Record<string, string>> = {
  given: 'A network with its weights and biases, and a sample',
  z1: 'Each hidden neuron adds up its products and its bias',
  a1: 'ReLU replaces negative values by 0: hidden neuron 0 is inactive',
  z2: 'The output layer does the same with the activations of the hidden layer',
  expZ2: 'The exponential makes every score positive',
  sumExpZ2: 'The sum of the exponentials',
  a2: 'Each exponential divided by the sum is a probability: the two classes are almost equal',
  y: 'The true class as a one-hot vector',
  loss: 'The loss is the negative logarithm of the true class’s probability',
  dz2: 'At the output the gradient is the probability minus the label',
  dW2: 'The gradient of a weight is the gradient of its output times its input',
  db2: 'A bias’s input is always 1',
  da1: 'The gradient goes back through the same weights',
  reluDerivativeZ1: 'The derivative of ReLU is 1 for an active neuron and 0 for an inactive one',
  dz1: 'No gradient passes through hidden neuron 0',
  dW1: 'So the first row of the weights has the gradient 0',
  db1: 'And so does the first bias',
  'after.W1': 'The update subtracts the gradient times the learning rate: the first row stays the same',
  'after.b1': 'The same update for the biases',
  'after.W2': 'Only the weights of the active neuron change',
  'after.b2': 'The same update for the biases of the output layer',
  'after.z1': 'The same sample again: hidden neuron 1 has a larger sum',
  'after.a1': 'Hidden neuron 0 is still inactive',
  'after.z2': 'Now class 1 has the higher score',
  'after.expZ2': 'The exponentials again',
  'after.sumExpZ2': 'The sum of the exponentials again',
  'after.a2': 'Class 1 now has the higher probability',
  'after.loss': 'The step has lowered the loss',
  prediction: 'Before the step the network predicts the wrong class',
  'after.prediction': 'After the step it predicts the true class',
};

/** Explains a stop, in a sentence without its full stop. */
export function explainStop({ key }: Stop): string {
  return explanations[key] ?? key;
}

/** The current stop, in a sentence or two. */
export function describeStop({ stops }: WorkedRun, at: number, figures: ShownFigures): string {
  const stop = stops[at]!;
  const numbers = compareWithTutorial(stop, figures);
  const slips = numbers.filter(({ shown }) => shown?.slip !== undefined).length;
  const what = explainStop(stop);
  const values = at === 0 ? '' : ` ${stop.key} = ${numbers.map(({ value }) => short(value)).join(', ')}.`;
  const slipped =
    slips === 0
      ? ''
      : ` The tutorial has a slip here: ${numbers
          .filter(({ shown }) => shown?.slip !== undefined)
          .map(
            ({ shown, value }) =>
              `it says ${shown!.text}, the exact value is ${formatNumber(value, shown!.decimals + 1)}`,
          )
          .join('; ')}.`;
  return `${what}.${values}${slipped}`;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : formatNumber(value);
}
