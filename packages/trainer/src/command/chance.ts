import type { Warn } from '../data/source.ts';
import type { SavedModel } from '../run-folder/model-file.ts';

/** What is clearly better than guessing. */
const BETTER = 0.1;

/**
 * Warns of a network that is no better than guessing: who takes every one of C classes for equally probable has a loss of
 * ln C. A learning rate that is far too large ends so, often with one class for all images, and without any other sign.
 *
 * A network that is right more often, but far too sure where it is wrong, has such a loss, too: it is not meant.
 *
 * @param loss mean cross-entropy; undefined if it is unknown
 * @param accuracy share of images classified correctly; undefined if it is unknown
 * @param classes C
 */
export function warnOfChance(
  { loss, accuracy }: { loss: number | undefined; accuracy?: number },
  classes: number,
  warn: Warn,
): void {
  const chance = Math.log(classes);
  if (loss === undefined || !(loss >= chance)) return;
  // The share of the way from guessing, 1 / C, to never being wrong.
  if (accuracy !== undefined && (accuracy - 1 / classes) / (1 - 1 / classes) > BETTER) return;
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
