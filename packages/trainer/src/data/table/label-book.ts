import { labelOf, MOST_CLASSES, TableError, type TableForm } from '@micronn/core/data';

/** The labels of a table, in the order in which they first occur. */
export interface LabelBook {
  readonly values: readonly string[];
  /** The place of a label among the values, which it joins if it is new. */
  placeOf(this: void, label: string, line: number): number;
  /** The place of the label that a field holds; −1 if it holds none. */
  placeOfField(this: void, field: string, line: number): number;
  /** The place of a label that is a whole number from 0 to 999. */
  placeOfNumber(this: void, label: number, line: number): number;
}

const NUMBERS = 1000;

/** @param label the column, for errors */
export function createLabelBook(label: TableForm['label']): LabelBook {
  const values: string[] = [];
  const places = new Map<string, number>();
  // Labels are nearly always small numbers, or the same few words.
  const ofNumbers = new Int16Array(NUMBERS).fill(-1);
  const ofFields = new Map<string, number>();
  const words = label.kind === 'column' && label.words;

  const placeOf = (text: string, line: number): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    if (values.length === MOST_CLASSES) throw tooMany(label, line);
    places.set(text, values.length);
    return values.push(text) - 1;
  };
  return {
    values,
    placeOf,
    placeOfField(field, line) {
      const known = ofFields.get(field);
      if (known !== undefined) return known;
      const text = labelOf(field, words);
      if (text === undefined) return -1;
      const place = placeOf(text, line);
      if (ofFields.size < 4 * MOST_CLASSES) ofFields.set(field, place);
      return place;
    },
    placeOfNumber(number, line) {
      const known = ofNumbers[number]!;
      if (known >= 0) return known;
      const place = placeOf(String(number), line);
      ofNumbers[number] = place;
      return place;
    },
  };
}

/** The error for labels that are no classes. */
export function tooMany(label: TableForm['label'], line?: number): TableError {
  const column = label.kind === 'none' ? undefined : label.column + 1;
  return new TableError(
    'TABLE_FORM',
    `more than ${MOST_CLASSES} different labels: probably column ${column} is not the label’s; name that with --label-column`,
    { ...(line && { line }), ...(column && { column }) },
  );
}
