import type { ComponentChildren, JSX } from 'preact';
import { formulaParts } from '../desk/formula.ts';

/** A name or formula of core's trace, as `dz2` or `W1·x + b1`, with each quantity in its colour. */
export function Formula({ of }: { of: string }): JSX.Element {
  return (
    <span class="formula">
      {formulaParts(of).map((part, k) => {
        if ('text' in part) return part.text;
        const { quantity, prefix, letter, index } = part;
        return (
          <span key={k} class={`quantity quantity-${quantity}`}>
            {letter === 'loss' ? letter : <i>{prefix + letter}</i>}
            {index !== '' && <sub>{index}</sub>}
          </span>
        );
      })}
    </span>
  );
}

/** A number as the page shows it, with its full precision in `value`, in the colour of its quantity. */
export function Num({
  value,
  children,
  of,
}: {
  value: number;
  /** The formatted text. */
  children: ComponentChildren;
  of?: string;
}): JSX.Element {
  const classes = of === undefined ? 'number' : `number quantity quantity-${of}`;
  return (
    <data class={classes} value={String(value)}>
      {children}
    </data>
  );
}
