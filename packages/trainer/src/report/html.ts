/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | false | undefined | Markup | readonly Part[];

/** A template whose values are escaped, unless they are markup themselves; lists are put one after another. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: strings.reduce((text, string, i) => text + markupOf(values[i - 1]) + string) };
}

/** Trusts a text to be markup. */
export function markup(text: string): Markup {
  return { markup: text };
}

function markupOf(part: Part): string {
  if (part === false || part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
