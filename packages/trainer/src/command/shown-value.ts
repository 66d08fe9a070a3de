/** What an error message shows of a value: this many levels, items of each level, and characters in all. */
const LEVELS = 3;
const ITEMS = 20;
const CHARACTERS = 200;

/** A value of an option as JSON for an error message, shortened: JSON.stringify overflows the stack on deep nesting. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(cut(value, LEVELS));
  return text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS)}…`;
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, ITEMS).map((item) => cut(item, levels - 1));
  const entries = Object.entries(value).slice(0, ITEMS);
  return Object.fromEntries(entries.map(([key, item]) => [key, cut(item, levels - 1)]));
}
