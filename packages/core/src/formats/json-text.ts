/**
 * What `JSON.parse` lets pass although no format of ours allows it, and how what was found is shown in a
 * sentence of bounded length.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

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
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const begin = i++;
        while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
        const keys = open.at(-1);
        if (!keyNext || !keys) break;
        const key = JSON.parse(text.slice(begin, i + 1)) as string;
        if (keys.has(key)) return `every name once, got ${shownName(key)} twice`;
        keys.add(key);
        keyNext = false;
        break;
      }
      case COMMA:
        keyNext = true;
        break;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        keyNext = text.charCodeAt(i) === OPENING_BRACE;
        open.push(keyNext ? new Set() : undefined);
        if (open.length > levels) return `at most ${levels} levels, got more`;
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        open.pop();
    }
  }
  return undefined;
}

/** What JSON calls an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as JSON, so that control characters are seen and not obeyed; its beginning when it is long. */
export function shownValue(value: unknown): string {
  return shortened(JSON.stringify(value) ?? 'undefined');
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
