import { labelText, MOST_CLASSES } from '@micronn/core/data';
import { MicronnError } from '../../errors.ts';
import { sharedBytes } from '../samples.ts';
import type { RawLabels } from '../source.ts';

/** Collects the label of each image in order. */
export interface LabelCollector {
  /** @param text the label as written */
  add(text: string): void;
  /** The labels of as many images as were added. */
  labels(): RawLabels;
}

/** @param name the file, for an error */
export function createLabelCollector(name: string): LabelCollector {
  const places: number[] = [];
  const byText = new Map<string, number>();
  return {
    add: (text) => {
      let place = byText.get(text);
      if (place === undefined) {
        place = byText.size;
        assertFew(name, place + 1);
        byText.set(text, place);
      }
      places.push(place);
    },
    labels: () => {
      const shared = sharedPlaces(places.length);
      shared.set(places);
      return spelled({ places: shared, values: [...byText.keys()] });
    },
  };
}

/**
 * Labels of numbers.
 *
 * @throws MicronnError when there are more than {@link MOST_CLASSES} different ones
 */
export function labelsOfNumbers(name: string, numbers: ArrayLike<number>): RawLabels {
  if (numbers instanceof Uint8Array) return labelsOfBytes(numbers);
  const places = sharedPlaces(numbers.length);
  const byNumber = new Map<number, number>();
  for (let k = 0; k < numbers.length; k++) {
    const number = numbers[k]!;
    let place = byNumber.get(number);
    if (place === undefined) {
      if (!Number.isFinite(number)) throw invalid(name, k, number);
      place = byNumber.size;
      assertFew(name, place + 1);
      byNumber.set(number, place);
    }
    places[k] = place;
  }
  return spelled({ places, values: [...byNumber.keys()].map(String) });
}

/** The same for bytes, as MNIST's: there are at most 256. */
function labelsOfBytes(bytes: Uint8Array): RawLabels {
  const places = sharedBytes(bytes.length);
  const byByte = new Int16Array(256).fill(-1);
  const values: string[] = [];
  for (let k = 0; k < bytes.length; k++) {
    const byte = bytes[k]!;
    if (byByte[byte]! < 0) byByte[byte] = values.push(String(byte)) - 1;
    places[k] = byByte[byte]!;
  }
  return { places, values };
}

function invalid(name: string, k: number, number: number): MicronnError {
  return new MicronnError('DATA_LABELS', `label ${k + 1} is ${number}: expected a finite number`, {
    file: name,
  });
}

function assertFew(name: string, classes: number): void {
  if (classes <= MOST_CLASSES) return;
  throw new MicronnError(
    'DATA_CLASSES',
    `the labels have more than ${MOST_CLASSES} different values: expected at most ${MOST_CLASSES} classes`,
    { file: name },
  );
}

function sharedPlaces(count: number): Uint16Array {
  return new Uint16Array(sharedBytes(2 * count).buffer);
}

/** Two spellings of one label become one. */
function spelled({ places, values }: RawLabels): RawLabels {
  const spellings = values.map(labelText);
  const distinct = [...new Set(spellings)];
  if (distinct.length < values.length) {
    const moved = spellings.map((spelling) => distinct.indexOf(spelling));
    for (let k = 0; k < places.length; k++) places[k] = moved[places[k]!]!;
  }
  return { places, values: distinct };
}
