import type { Network } from '@micronn/core';
import { formatPercent } from '../../desk/format-number.ts';
import { describeReading, type Reading, readImage } from '../../desk/reading.ts';
import type { Samples } from '../../desk/worker/messages.ts';

/** Whether the networks agree, in a sentence; undefined for a single network. */
export function compareReadings(
  readings: readonly { readonly name: string; readonly reading: Reading }[],
): string | undefined {
  const [first, ...others] = readings;
  if (!first || others.length === 0) return undefined;
  const different = others.filter(({ reading }) => reading.digit !== first.reading.digit);
  if (different.length === 0) {
    return others.length === 1 ? `${others[0]!.name} predicts the same.` : 'The others predict the same.';
  }
  return different
    .map(
      ({ name, reading: { digit, probabilities } }) =>
        `${name} predicts ${digit} with ${formatPercent(probabilities[digit]!)}.`,
    )
    .join(' ');
}

/** Indices of the samples that the networks classify differently. */
export function disagreements({ images, labels }: Samples, networks: readonly Network[]): number[] {
  const places: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const image = images.subarray(784 * i, 784 * (i + 1));
    const digits = new Set(networks.map((network) => readImage(network, image).digit));
    if (digits.size > 1) places.push(i);
  }
  return places;
}

/** The next index after this one; after the last, the first again. */
export function nextPlace(places: readonly number[], after: number): number {
  return places.find((place) => place > after) ?? places[0]!;
}

interface NamedReading {
  readonly name: string;
  readonly reading: Reading | undefined;
}

/** The predictions for the digit and its label, in a sentence or two. */
export function describeReadings(
  current: NamedReading | undefined,
  others: readonly NamedReading[],
  label?: number,
): string {
  if (!current?.reading) return 'No digit to classify: draw one from 0 to 9.';
  const known = [current, ...others].flatMap(({ name, reading }) => (reading ? [{ name, reading }] : []));
  const truth = label === undefined ? undefined : `The label is ${label}.`;
  return [describeReading(current.name, current.reading), compareReadings(known), truth]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}
