import type { Network } from '@micronn/core';
import { formatPercent } from '../../desk/format-number.ts';
import { type Reading, readImage } from '../../desk/reading.ts';
import type { Samples } from '../../desk/worker/messages.ts';

/** Whether the networks agree, in a sentence; nothing where there is only one. */
export function compareReadings(
  readings: readonly { readonly name: string; readonly reading: Reading }[],
): string | undefined {
  const [first, ...others] = readings;
  if (!first || others.length === 0) return undefined;
  const different = others.filter(({ reading }) => reading.digit !== first.reading.digit);
  if (different.length === 0) {
    return others.length === 1 ? `${others[0]!.name} reads the same.` : 'The others read the same.';
  }
  return different
    .map(
      ({ name, reading: { digit, probabilities } }) =>
        `${name} reads a ${digit}, with ${formatPercent(probabilities[digit]!)}.`,
    )
    .join(' ');
}

/** Places of the samples that the networks read differently. */
export function disagreements({ images, labels }: Samples, networks: readonly Network[]): number[] {
  const places: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const image = images.subarray(784 * i, 784 * (i + 1));
    const digits = new Set(networks.map((network) => readImage(network, image).digit));
    if (digits.size > 1) places.push(i);
  }
  return places;
}

/** The place after this one among some, and from the last on the first again. */
export function nextPlace(places: readonly number[], after: number): number {
  return places.find((place) => place > after) ?? places[0]!;
}
