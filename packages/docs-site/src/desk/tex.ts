import katex from 'katex';
import { katexOptions } from './katex-options.ts';

/**
 * A number for a formula, rounded to `decimals` and without trailing zeros. Use `\approx` in the formula for a rounded
 * number.
 */
export function texNumber(value: number, decimals = 5): string {
  const text = value
    .toFixed(decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  return text === '-0' ? '0' : text;
}

/** A number after an operator, in brackets if it is negative. */
export function texFactor(value: number, decimals = 5): string {
  const text = texNumber(value, decimals);
  return text.startsWith('-') ? `(${text})` : text;
}

/** A matrix, row by row; a vector is one column. It has the colour of `quantity`, as `W1` or `a2`. */
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

/** A part of a formula in the colour of a quantity. */
export function texColoured(tex: string, quantity: string): string {
  return `\\htmlClass{quantity quantity-${quantity}}{${tex}}`;
}

/** A formula as HTML and MathML. Throws on an error in the formula. */
export function renderTex(tex: string, { display = false }: { display?: boolean } = {}): string {
  return katex.renderToString(tex, {
    ...katexOptions,
    // KaTeX adds \gdef macros to this object, so each formula gets a copy.
    macros: { ...katexOptions.macros },
    displayMode: display,
  });
}
