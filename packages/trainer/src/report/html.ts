/** Text that is already markup. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | false | undefined | Markup | readonly Part[];

/** A template that escapes its values, unless they are markup; it concatenates lists. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: strings.reduce((text, string, i) => text + markupOf(values[i - 1]) + string) };
}

/** Marks trusted text as markup. */
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
