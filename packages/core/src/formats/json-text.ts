import { type Network, tensorPlaces } from '../parameters.ts';

/**
 * Checks that `JSON.parse` does not make, for the formats in this folder, and the text that shows a found value in an
 * error message of bounded length.
 */

/** The number of characters of a found value that an error message shows. */
const SHOWN_LENGTH = 80;

/**
 * Finds a duplicate key in an object (`JSON.parse` keeps the last one), and nesting deeper than the format allows.
 *
 * @param text valid JSON, already parsed by `JSON.parse`
 * @param levels the largest allowed depth of nested objects and lists
 * @returns what was expected and found, as the end of an error message; undefined for a valid text
 */
export function jsonFault(text: string, levels: number): string | undefined {
  // The keys of each open object, and undefined for each open list.
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text[i]!) {
      case '"': {
        const begin = i++;
        while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
        const keys = open.at(-1);
        if (!keyNext || !keys) break;
        const key = JSON.parse(text.slice(begin, i + 1)) as string;
        if (keys.has(key)) return `every name once, got ${shownName(key)} twice`;
        keys.add(key);
        keyNext = false;
        break;
      }
      case ',':
        keyNext = true;
        break;
      case '{':
      case '[':
        keyNext = text[i] === '{';
        open.push(keyNext ? new Set() : undefined);
        if (open.length > levels) return `at most ${levels} levels, got more`;
        break;
      case '}':
      case ']':
        open.pop();
    }
  }
  return undefined;
}

/** One member of an object, as text. */
export function jsonMember(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** An object of strings, as text: its own members, whatever `toJSON` its class has. */
export function jsonTexts(texts: Readonly<Record<string, string>>): string {
  return `{${Object.entries(texts)
    .map(([name, text]) => jsonMember(name, text))
    .join(',')}}`;
}

/** Whether a value is an object in JSON's sense: no list, and no Map or Date, which JSON would empty or change. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** Whether a value is a list of whole numbers of at least 0, as in a shape. */
export function isSizes(value: unknown): value is number[] {
  // Array.from, because `every` skips the holes of a list.
  return (
    Array.isArray(value) &&
    Array.from(value).every((size) => Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0))
  );
}

/**
 * Finds a value that is not a string, in an object with free keys.
 *
 * @returns what was expected and found, in the form of {@link jsonFault}
 */
export function textsFault(name: string, value: unknown): string | undefined {
  if (!isRecord(value)) return `${name} to be an object of strings, got ${shownValue(value)}`;
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
  return wrong && `${name}.${shownName(wrong[0])} to be a string, got ${shownValue(wrong[1])}`;
}

/**
 * Finds the first parameter that float32 cannot hold: NaN, an infinity, or a number that would become one.
 *
 * @returns what was expected and found, in the form of {@link jsonFault}
 */
export function float32Fault({ layers, parameters }: Network): string | undefined {
  const wrong = parameters.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (wrong < 0) return undefined;
  const { name, shape, offset } = tensorPlaces(layers).findLast((tensor) => tensor.offset <= wrong)!;
  const inputs = shape[1] ?? 1;
  const [row, column] = [Math.floor((wrong - offset) / inputs), (wrong - offset) % inputs];
  const place = `${name}[${row}]${shape.length > 1 ? `[${column}]` : ''}`;
  return `${place} to be a number that float32 can hold, got ${parameters[wrong]}`;
}

/**
 * A value as JSON, so that a terminal shows control characters and does not execute them; a long value is truncated.
 * A number is shown as JavaScript writes it, because JSON has no NaN.
 */
export function shownValue(value: unknown): string {
  return shortened(`${typeof value === 'number' ? value : JSON.stringify(value)}`);
}

/** A name unchanged, or as JSON if it has other characters than letters, digits and `_.-`. */
export function shownName(name: string): string {
  return /^[\w.-]+$/.test(name) ? shortened(name) : shownValue(shortened(name));
}

/** A shape, such as `[10, 784]`. */
export function shownShape(shape: readonly number[]): string {
  return shortened(`[${shape.join(', ')}]`);
}

function shortened(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`;
}
