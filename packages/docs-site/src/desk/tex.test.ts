import { describe, expect, test } from 'vitest';
import { renderTex, texFactor, texMatrix, texNumber } from './tex.ts';

describe('formulas', () => {
  test.each([
    ['W1', '\\W1', 'W', '1'],
    ['z2', '\\dz2', 'z', '2'],
    ['a1', '\\da1', 'a', '1'],
  ])('%s and its gradient have the class of their quantity', (quantity, tex, letter, layer) => {
    const html = renderTex(tex);
    expect(html).toContain(`class="enclosing quantity quantity-${quantity}"`);
    expect(html).toContain(`<mi>${letter}</mi><mn>${layer}</mn>`);
  });

  test('add no other classes and no links to the page', () => {
    expect(() => renderTex('\\htmlClass{sl-flex}{x}')).not.toThrow();
    expect(renderTex('\\htmlClass{sl-flex}{x}')).not.toContain('class="enclosing sl-flex"');
    expect(renderTex('\\href{https://example.org}{x}')).not.toContain('href=');
  });

  test('throw on errors', () => {
    expect(() => renderTex('\\frac{1}')).toThrow(/KaTeX parse error/);
    expect(() => renderTex('\\nosuchcommand')).toThrow(/Undefined control sequence/);
  });

  test('numbers have no trailing zeros and no negative zero', () => {
    expect(texNumber(0.5)).toBe('0.5');
    expect(texNumber(-0.000001)).toBe('0');
    expect(texNumber(-0.30235992, 4)).toBe('-0.3024');
    expect(texNumber(100, 0)).toBe('100');
    expect(texFactor(-0.2)).toBe('(-0.2)');
  });

  test('a matrix is written row by row in the colour of its quantity', () => {
    expect(texMatrix([1, 2, 3, 4], { columns: 2 })).toBe('\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}');
    expect(texMatrix([1], { quantity: 'x' })).toBe(
      '\\htmlClass{quantity quantity-x}{\\begin{bmatrix} 1 \\end{bmatrix}}',
    );
  });
});
