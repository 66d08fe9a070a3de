import type { JSX } from 'preact';
import { formatNumber } from '../desk/format-number.ts';
import { NumberInput } from './number-field.tsx';
import { Formula, Num } from './quantity.tsx';

/**
 * A matrix or vector as a table in the colour of its quantity. The caption has its name and shape; rows and columns
 * are numbered from 0, as in the tutorial. With `onEdit` each cell is an input.
 */
export function MatrixTable({
  of,
  values,
  columns = 1,
  decimals,
  lit,
  onEdit,
  step = 0.1,
}: {
  /** Its name in core's trace: `W1`, `dz2`. */
  of: string;
  /** Row by row; undefined for numbers that are not computed yet. */
  values: ArrayLike<number | undefined>;
  columns?: number;
  decimals?: number;
  /** Positions of the cells that the current step is about. */
  lit?: readonly number[];
  onEdit?: (position: number, value: number) => void;
  step?: number;
}): JSX.Element {
  const rows = values.length / columns;
  const quantity = of.replace(/^d(?=[Wbza])/, '');
  const each = (count: number) => Array.from({ length: count }, (_, k) => k);
  return (
    <table class={`matrix quantity-${quantity}`} data-matrix={of}>
      <caption>
        <Formula of={of} /> <span class="shape">{`${rows} × ${columns}`}</span>
      </caption>
      {columns > 1 && (
        <thead>
          <tr>
            <td />
            {each(columns).map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {each(rows).map((row) => (
          <tr key={row}>
            <th scope="row">{row}</th>
            {each(columns).map((column) => {
              const position = row * columns + column;
              const value = values[position];
              const place = columns > 1 ? `${of}, row ${row}, column ${column}` : `${of}, row ${row}`;
              return (
                <td key={column} class={lit?.includes(position) ? 'lit' : undefined}>
                  {value === undefined ? (
                    <span class="unknown">
                      <span class="sr-only">not computed yet</span>
                      <span aria-hidden="true">·</span>
                    </span>
                  ) : onEdit ? (
                    <NumberInput
                      label={place}
                      value={value}
                      step={step}
                      onChange={(edited) => onEdit(position, edited)}
                    />
                  ) : (
                    <Num value={value}>{formatNumber(value, decimals)}</Num>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
