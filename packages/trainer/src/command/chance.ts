import type { Classes } from '@micronn/core/data';

/**
 * Warns of a network that is no better than guessing: who takes every class for equally probable has a loss of ln C.
 * A learning rate that is far too large ends so, often with one class for all images, and without any other sign.
 */
export function warnOfChance(
  loss: number,
  { values }: Classes,
  warn: (code: string, message: string) => void,
): void {
  const chance = Math.log(values.length);
  if (!(loss >= chance)) return;
  warn(
    'NO_BETTER_THAN_CHANCE',
    `the loss is ${loss.toFixed(2)}, no better than guessing among ${values.length} classes (ln ${values.length} = ${chance.toFixed(2)}): a lower --lr or more --epochs may help`,
  );
}
