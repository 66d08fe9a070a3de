import type { Progress } from '../../console/reporter.ts';
import type { EpochMetrics } from '../../run-folder/metrics-files.ts';
import type { EpochProgress, EpochResult, SetEvaluations } from '../../training/train-network.ts';

/** The metrics of an epoch over so many samples. */
export function epochMetrics(result: EpochResult, samples: number): EpochMetrics {
  return {
    epoch: result.epoch,
    trainLoss: result.train.loss,
    trainAccuracy: result.train.accuracy,
    ...setMetrics(result),
    seconds: result.seconds,
    samplesPerSecond: rate(samples, result.seconds),
  };
}

/** Losses and accuracies of the validation and the test set, where there are such sets. */
export function setMetrics({
  validation,
  test,
}: SetEvaluations): Pick<
  EpochMetrics,
  'validationLoss' | 'validationAccuracy' | 'testLoss' | 'testAccuracy'
> {
  return {
    ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
    ...(test && { testLoss: test.loss, testAccuracy: test.accuracy }),
  };
}

/**
 * The progress of a run while an epoch runs.
 *
 * @param secondsBefore seconds of training in earlier epochs
 */
export function progressOf(
  { epoch, stepsDone, steps, loss, accuracy, seconds }: EpochProgress,
  epochs: number,
  samples: number,
  secondsBefore: number,
): Progress {
  const share = stepsDone / steps;
  const secondsLeft = ((secondsBefore + seconds) / (epoch - 1 + share)) * (epochs - epoch + 1 - share);
  return {
    epoch,
    epochs,
    share,
    loss,
    accuracy,
    samplesPerSecond: rate(share * samples, seconds),
    secondsLeft,
  };
}

/** Samples per second, as a whole number. */
export function rate(samples: number, seconds: number): number {
  return seconds === 0 ? 0 : Math.round(samples / seconds);
}
