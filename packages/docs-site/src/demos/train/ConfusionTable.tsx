import type { JSX } from 'preact';
import styles from './Train.module.css';

/** What each digit was read as: right answers on the diagonal, mistakes off it, the darker the more. */
export function ConfusionTable({ rows }: { rows: readonly (readonly number[])[] }): JSX.Element {
  const mistakes = rows.flatMap((row, was) => row.filter((_, readAs) => readAs !== was));
  const most = Math.max(1, ...mistakes);
  return (
    <table class={styles['matrix']} data-confusion>
      <caption class="label">What was read as what: a row for each digit, a column for each answer</caption>
      <thead>
        <tr>
          <td />
          {rows.map((_, readAs) => (
            <th key={readAs} scope="col">
              {readAs}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, was) => {
          const total = Math.max(
            1,
            row.reduce((a, b) => a + b, 0),
          );
          return (
            <tr key={was}>
              <th scope="row">{was}</th>
              {row.map((count, readAs) => {
                const isRight = was === readAs;
                const share = isRight ? count / total : count / most;
                return (
                  <td
                    key={readAs}
                    class={isRight ? styles['right'] : styles['wrong']}
                    style={{ '--share': `${Math.round(share * 40)}%` }}
                  >
                    {count === 0 ? <span class={styles['zero']}>0</span> : count}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
