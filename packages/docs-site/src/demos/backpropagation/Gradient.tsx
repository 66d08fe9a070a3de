import type { JSX } from 'preact';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './Backpropagation.module.css';
import {
  agree,
  type BackwardRun,
  formatApart,
  type GradientName,
  gradientFormulas,
  knownAt,
} from './backward-run.ts';

/** A gradient by its rule, beside the central differences. */
export function Gradient({
  name,
  run,
  at,
}: {
  name: GradientName;
  run: BackwardRun;
  at: number;
}): JSX.Element {
  const { columns, byRule, byDifference } = run.gradients[name];
  const known = knownAt(run, at, name);
  const lit = run.steps[at]!.lit[name];
  const shown = (values: readonly number[]) => values.map((value, k) => (k < known ? value : undefined));
  const distances = byRule.slice(0, known).map((value, k) => Math.abs(value - byDifference[k]!));
  const right = distances.every((_, k) => agree(byRule[k]!, byDifference[k]!));
  return (
    <div class={styles['gradient']} data-gradient={name}>
      <p class={styles['rule']}>
        <Formula of={`${name} = ${gradientFormulas[name]}`} />
      </p>
      <div class={styles['pair']}>
        <MatrixTable of={name} values={shown(byRule)} columns={columns} {...(lit && { lit })} />
        <Measured name={name} values={shown(byDifference)} columns={columns} lit={lit ?? []} />
      </div>
      <p class={right ? styles['verdict'] : `${styles['verdict']} ${styles['wrong']}`}>
        {known === 0
          ? 'not computed yet'
          : `${right ? '✓' : '✗ different:'} ${formatApart(Math.max(...distances))} apart`}
      </p>
    </div>
  );
}

/** The central differences, in the shape of the gradient. */
function Measured({
  name,
  values,
  columns,
  lit,
}: {
  name: GradientName;
  values: readonly (number | undefined)[];
  columns: number;
  lit: readonly number[];
}): JSX.Element {
  const quantity = name.slice(1);
  const rows = Array.from({ length: values.length / columns }, (_, row) => row);
  return (
    <table class={`matrix quantity-${quantity} ${styles['measured']}`} data-measured={name}>
      <caption>
        <span class="sr-only">{name} </span>measured
      </caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row}>
            {values.slice(row * columns, (row + 1) * columns).map((value, column) => (
              <td key={column} class={lit.includes(row * columns + column) ? 'lit' : undefined}>
                {value === undefined ? (
                  <span class="unknown">
                    <span class="sr-only">not computed yet</span>
                    <span aria-hidden="true">·</span>
                  </span>
                ) : (
                  <Num value={value}>{formatNumber(value)}</Num>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
