import type { KatexOptions } from 'katex';

// A command and the digit behind it: `\W1` is KaTeX's `\W` with the argument 1. So formulas in the text name a
// quantity as the tutorial does, and get its colour from quantities.css; a gradient has that of its quantity.
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

/** How every formula of the site is set, in Markdown and in `Tex.astro`: an error ends the build. */
export const katexOptions: KatexOptions = {
  macros: { ...quantityMacros, '\\softmax': '\\operatorname{softmax}', '\\ReLU': '\\operatorname{ReLU}' },
  // Colours come by class, and nothing else may come into the page by a formula.
  trust: ({ command, ...rest }) =>
    command === '\\htmlClass' && 'class' in rest && /^quantity( quantity-\w+)?$/.test(rest.class),
  strict: (code: string) => (code === 'htmlExtension' ? 'ignore' : 'error'),
  throwOnError: true,
};
