import { expect, test } from 'vitest';
import { formulaHtml, formulaParts } from './formula.ts';

test('a product of matrices keeps its operators as text', () => {
  expect(formulaParts('W1·x + b1')).toEqual([
    { quantity: 'W1', prefix: '', letter: 'W', index: '1' },
    { text: '·' },
    { quantity: 'x', prefix: '', letter: 'x', index: '' },
    { text: ' + ' },
    { quantity: 'b1', prefix: '', letter: 'b', index: '1' },
  ]);
});

test('a gradient has the colour of its quantity, and a transpose stays text', () => {
  expect(formulaParts('dz2·a1ᵀ')).toEqual([
    { quantity: 'z2', prefix: 'd', letter: 'z', index: '2' },
    { text: '·' },
    { quantity: 'a1', prefix: '', letter: 'a', index: '1' },
    { text: 'ᵀ' },
  ]);
});

test('the x of softmax and the y of a word are not quantities', () => {
  expect(formulaParts('softmax(z2) by')).toEqual([
    { text: 'softmax(' },
    { quantity: 'z2', prefix: '', letter: 'z', index: '2' },
    { text: ') by' },
  ]);
});

test('as HTML a quantity has its colour, its italics and its layer below the line', () => {
  expect(formulaHtml('a2 − y')).toBe(
    '<span class="quantity quantity-a2"><i>a</i><sub>2</sub></span> − <span class="quantity quantity-y"><i>y</i></span>',
  );
  expect(formulaHtml('dW1')).toBe('<span class="quantity quantity-W1"><i>dW</i><sub>1</sub></span>');
});

test('the loss is a word, not a letter', () => {
  expect(formulaHtml('loss')).toBe('<span class="quantity quantity-loss">loss</span>');
});

test('text cannot become a tag', () => {
  expect(formulaHtml('1 < 2 & 3 > 2')).toBe('1 &lt; 2 &amp; 3 &gt; 2');
});

test('the parts joined are the formula', () => {
  const formula = 'da1 ⊙ ReLU′(z1) − 0.1·dW12';
  const joined = formulaParts(formula)
    .map((part) => ('text' in part ? part.text : `${part.prefix}${part.letter}${part.index}`))
    .join('');
  expect(joined).toBe(formula);
});
