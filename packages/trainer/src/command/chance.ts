import type { Warn } from '../data/source.ts';
import type { SavedModel } from '../run-folder/model-file.ts';

/**
 * Warns of a network that is no better than guessing: who takes every one of C classes for equally probable has a loss of
 * ln C. A learning rate that is far too large ends so, often with one class for all images, and without any other sign.
 *
 * @param loss mean cross-entropy; undefined if it is unknown
 * @param classes C
 */
export function warnOfChance(loss: number | undefined, classes: number, warn: Warn): void {
  const chance = Math.log(classes);
  if (loss === undefined || !(loss >= chance)) return;
  warn(
    'NO_BETTER_THAN_CHANCE',
    `the loss is ${loss.toFixed(2)}, no better than guessing among ${classes} classes (ln ${classes} = ${chance.toFixed(2)}): a lower --lr or more --epochs may help`,
  );
}

/** The lowest loss of the run that a model comes from; undefined if its file does not have it. */
export function lossOf({ metadata }: SavedModel): number | undefined {
  try {
    const { best } = JSON.parse(metadata['position'] ?? '{}') as { best?: { loss?: unknown } };
    return typeof best?.loss === 'number' ? best.loss : undefined;
  } catch {
    return undefined;
  }
}
