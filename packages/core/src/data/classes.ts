/** The largest number of classes. */
export const MOST_CLASSES = 1000;

/**
 * The classes of a data set. The values of its labels and the outputs of a network are two things: output k stands for
 * the label `values[k]`, so labels may begin at 1, or have gaps.
 */
export interface Classes {
  /** The labels as the data has them, by output. */
  readonly values: readonly string[];
  /** What people call them, by output; the values where nothing better is known. */
  readonly names: readonly string[];
}

const WHOLE = /^-?\d+$/;

/**
 * The classes of labels: whole numbers in ascending order, any other texts in the order of their characters.
 *
 * @param labels the labels that occur, each at least once
 */
export function classesOf(labels: Iterable<string>): Classes {
  const values = [...new Set(labels)];
  if (values.every((value) => WHOLE.test(value))) values.sort((one, other) => Number(one) - Number(other));
  else values.sort((one, other) => (one < other ? -1 : 1));
  return { values, names: values };
}

/** The digits from 0 to 9. */
export const DIGITS: Classes = classesOf('0123456789');

/** Whether the classes are the ten digits, called by their numbers. */
export function areDigits({ names }: Classes): boolean {
  return names.length === DIGITS.names.length && names.every((name, k) => name === DIGITS.names[k]);
}

/**
 * A label as text: whole numbers in any spelling get one, `5` for `5`, `5.0`, `05` and `5e0`; other texts stay.
 */
export function labelText(written: string): string {
  const text = written.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return text;
  const value = Number(text);
  return Number.isSafeInteger(value) ? String(value) : text;
}
