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

/** The same for bytes. Those that count from 0 without a gap, as MNIST's do, are the places themselves. */
function labelsOfBytes(bytes: Uint8Array): RawLabels {
  // The engine searches bytes faster than a loop here counts them.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => buffer.includes(byte));
  const values = found.map(String);
  if (bytes.buffer instanceof SharedArrayBuffer && found.at(-1) === found.length - 1) {
    return { places: bytes, values };
  }
  const places = sharedBytes(bytes.length);
  const placeOf = new Uint8Array(256);
  for (const [place, byte] of found.entries()) placeOf[byte] = place;
  for (let k = 0; k < bytes.length; k++) places[k] = placeOf[bytes[k]!]!;
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
