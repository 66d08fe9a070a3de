import type { KatexOptions } from 'katex';

// A command and its digit: `\W1` is KaTeX's `\W` with the argument 1. So formulas in the text name a quantity as the
// tutorial does, and have its colour from quantities.css. A gradient has the colour of its quantity.
const layered = (name: string, prefix = ''): [string, string] => [
  `\\${prefix}${name}`,
  `\\htmlClass{quantity quantity-${name}#1}{${prefix === 'd' ? 'd\\mkern1mu ' : ''}${name}_{#1}}`,
];
const single = (name: string, shown: string): [string, string] => [
  `\\${name}`,
  `\\htmlClass{quantity quantity-${name}}{${shown}}`,
];

/** `\W1 \b1 \z1 \a1 \dW1 \db1 \dz1 \da1` and so on for layer 2; `\x`, `\y`, `\loss`. */
const quantityMacros: Readonly<Record<string, string>> = Object.fromEntries([
  ...['W', 'b', 'z', 'a'].flatMap((name) => [layered(name), layered(name, 'd')]),
  single('x', 'x'),
  single('y', 'y'),
  single('loss', 'L'),
]);

/** The options for every formula of the site, in Markdown and in `Tex.astro`. An error fails the build. */
export const katexOptions: KatexOptions = {
  macros: { ...quantityMacros, '\\softmax': '\\operatorname{softmax}', '\\ReLU': '\\operatorname{ReLU}' },
  // Formulas may add the classes of colours to the page, and nothing else.
  trust: ({ command, ...rest }) =>
    command === '\\htmlClass' && 'class' in rest && /^quantity( quantity-\w+)?$/.test(rest.class),
  strict: (code: string) => (code === 'htmlExtension' ? 'ignore' : 'error'),
  throwOnError: true,
};
