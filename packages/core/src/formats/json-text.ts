/**
 * What `JSON.parse` lets pass although no format of ours allows it, and how what was found is shown in a
 * sentence of bounded length.
 */

/** More of what was found does not help to find it. */
const SHOWN_LENGTH = 80;

/**
 * Looks for a key that stands twice in one object (`JSON.parse` keeps the last), and for nesting deeper than
 * the format's own.
 *
 * @param text that `JSON.parse` has accepted
 * @param levels how many objects and lists stand inside each other at most
 * @returns what was expected and found, as the rest of a sentence; undefined when all is well
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

/** What JSON calls an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whole numbers of at least 0, as a shape has them. */
export function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0))
  );
}

/**
 * Looks for what is no text under a free key.
 *
 * @returns what was expected and found, as {@link jsonFault} gives it
 */
export function textsFault(name: string, value: unknown): string | undefined {
  if (!isRecord(value)) return `${name} to be an object of strings, got ${shownValue(value)}`;
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
  return wrong && `${name}.${shownName(wrong[0])} to be a string, got ${shownValue(wrong[1])}`;
}

/**
 * A value as JSON, so that control characters are seen and not obeyed; its beginning when it is long. A number is shown
 * as it is, for JSON has no NaN.
 */
export function shownValue(value: unknown): string {
  return shortened(`${typeof value === 'number' ? value : JSON.stringify(value)}`);
}

/** A name as it is, or as JSON when it has anything but letters, digits and `_.-`. */
export function shownName(name: string): string {
  return /^[\w.-]+$/.test(name) ? shortened(name) : shownValue(shortened(name));
}

/** `[10, 784]`. */
export function shownShape(shape: readonly number[]): string {
  return shortened(`[${shape.join(', ')}]`);
}

function shortened(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`;
}
