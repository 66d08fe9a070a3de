import katex from 'katex';
import { katexOptions } from './katex-options.ts';

/**
 * A number for a formula: rounded to `decimals`, trailing zeros left out where `trim` says so, a true minus sign.
 * Where a number was rounded, say so with `\approx` in the formula.
 */
export function texNumber(value: number, decimals = 5): string {
  const text = value
    .toFixed(decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return text === '-0' ? '0' : text;
}

/** A number in brackets where it is negative, for a place behind an operator. */
export function texFactor(value: number, decimals = 5): string {
  const text = texNumber(value, decimals);
  return text.startsWith('-') ? `(${text})` : text;
}

/** A matrix, row by row; a vector is one column. In the colour of its quantity, if that is named (`W1`, `a2`). */
export function texMatrix(
  values: ArrayLike<number>,
  { columns = 1, decimals = 5, quantity }: { columns?: number; decimals?: number; quantity?: string } = {},
): string {
  const rows: string[] = [];
  for (let start = 0; start < values.length; start += columns) {
    const row = Array.from({ length: columns }, (_, column) => texNumber(values[start + column]!, decimals));
    rows.push(row.join(' & '));
  }
  const matrix = `\\begin{bmatrix} ${rows.join(' \\\\ ')} \\end{bmatrix}`;
  return quantity === undefined ? matrix : texColoured(matrix, quantity);
}

/** Any piece of a formula in the colour of a quantity. */
export function texColoured(tex: string, quantity: string): string {
  return `\\htmlClass{quantity quantity-${quantity}}{${tex}}`;
}

/** A formula as HTML and MathML; a mistake in it is thrown. */
export function renderTex(tex: string, { display = false }: { display?: boolean } = {}): string {
  return katex.renderToString(tex, {
    ...katexOptions,
    // KaTeX keeps \gdef macros in the object that it is given.
    macros: { ...katexOptions.macros },
    displayMode: display,
  });
}
