/** A part of a formula: text, or a quantity. The parts of `dz2` are d, z and 2. */
export type FormulaPart =
  | { readonly text: string }
  | {
      /** The quantity whose colour the part has: `z2` for both z2 and its gradient dz2. */
      readonly quantity: string;
      /** `d` before the letter of a gradient, otherwise empty. */
      readonly prefix: '' | 'd';
      /** `W`, `b`, `z`, `a`, `x`, `y`, or the word `loss`. */
      readonly letter: string;
      /** The layer, empty for x, y and the loss. */
      readonly index: string;
    };

const quantityPattern = /\b(?:(d?)([Wbza])(\d+)|(x|y|loss))\b/g;

/**
 * Splits a formula of core's trace, as `dz2·a1ᵀ`, into text and quantities, so that each quantity can have its
 * colour.
 */
export function formulaParts(formula: string): FormulaPart[] {
  const parts: FormulaPart[] = [];
  let end = 0;
  for (const match of formula.matchAll(quantityPattern)) {
    if (match.index > end) parts.push({ text: formula.slice(end, match.index) });
    const [whole, prefix, layerLetter, index = '', single] = match;
    const letter = layerLetter ?? single!;
    parts.push({ quantity: letter + index, prefix: prefix === 'd' ? 'd' : '', letter, index });
    end = match.index + whole.length;
  }
  if (end < formula.length) parts.push({ text: formula.slice(end) });
  return parts;
}

/** The formula as HTML: quantities in italics with their layer as a subscript, in the classes of quantities.css. */
export function formulaHtml(formula: string): string {
  return formulaParts(formula)
    .map((part) => {
      if ('text' in part) return escapeHtml(part.text);
      const { quantity, prefix, letter, index } = part;
      const subscript = index === '' ? '' : `<sub>${index}</sub>`;
      const name = letter === 'loss' ? letter : `<i>${prefix}${letter}</i>${subscript}`;
      return `<span class="quantity quantity-${quantity}">${name}</span>`;
    })
    .join('');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
