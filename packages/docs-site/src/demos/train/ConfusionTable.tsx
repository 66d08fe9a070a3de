import type { JSX } from 'preact';
import styles from './Train.module.css';

/** The confusion matrix: correct predictions on the diagonal, mistakes off it, darker where there are more. */
export function ConfusionTable({
  rows,
  names,
}: {
  rows: readonly (readonly number[])[];
  names: readonly string[];
}): JSX.Element {
  const mistakes = rows.flatMap((row, label) => row.filter((_, prediction) => prediction !== label));
  const most = Math.max(1, ...mistakes);
  return (
    <table class={styles['matrix']} data-confusion>
      <caption class="label">Confusion matrix: a row for each label, a column for each prediction</caption>
      <thead>
        <tr>
          <td />
          {rows.map((_, prediction) => (
            <th key={prediction} scope="col">
              {names[prediction]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, label) => {
          const total = Math.max(
            1,
            row.reduce((a, b) => a + b, 0),
          );
          return (
            <tr key={label}>
              <th scope="row">{names[label]}</th>
              {row.map((count, prediction) => {
                const isRight = label === prediction;
                const share = isRight ? count / total : count / most;
                return (
                  <td
                    key={prediction}
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
