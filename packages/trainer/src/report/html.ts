/** Text that is already markup. */
export interface Markup {
  readonly markup: string;
}

/** What a template can contain: text is escaped, markup is not, nothing stands for `false` and `undefined`. */
export type Content = string | number | false | undefined | Markup | readonly Content[];

/** A template that escapes its values, unless they are markup; it concatenates lists. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  for (let i = 0; i < values.length; i++) text += markupOf(values[i]) + strings[i + 1]!;
  return { markup: text };
}

/** Marks trusted text as markup. */
export function markup(text: string): Markup {
  return { markup: text };
}

function markupOf(content: Content): string {
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  if (content === false || content === undefined) return '';
  if ('markup' in content) return content.markup;
  let text = '';
  for (const part of content) text += markupOf(part);
  return text;
}

const special = /[&<>"']/;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return special.test(text) ? text.replace(/[&<>"']/g, (character) => entities[character]!) : text;
}
