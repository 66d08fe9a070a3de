import type { JSX } from 'preact';
import { formatPercent } from '../desk/format-number.ts';
import styles from './probabilities.module.css';
import { Num } from './quantity.tsx';

/** The ten probabilities as a table with bars, with those of other networks beside them. */
export function Probabilities({
  column = 'probability',
  probabilities,
  others = [],
  chosen,
  onChoose,
}: {
  /** Heading of the column, shown beside other networks. */
  column?: string;
  /** Undefined: the table is empty. */
  probabilities: ArrayLike<number> | undefined;
  others?: readonly { readonly name: string; readonly probabilities: ArrayLike<number> | undefined }[];
  chosen?: number | undefined;
  /** If given, each digit is a button. */
  onChoose?: (digit: number) => void;
}): JSX.Element {
  const surest = probabilities && Array.from(probabilities).indexOf(Math.max(...Array.from(probabilities)));
  return (
    <table class={styles['probabilities']} data-probabilities>
      <caption class="sr-only">The probability of each digit</caption>
      <thead class={others.length > 0 ? undefined : 'sr-only'}>
        <tr>
          <th scope="col">digit</th>
          <td />
          <th scope="col">{column}</th>
          {others.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: 10 }, (_, digit) => {
          const probability = probabilities?.[digit];
          return (
            <tr key={digit} class={digit === surest ? styles['surest'] : undefined}>
              <th scope="row">
                {onChoose ? (
                  <button
                    type="button"
                    class={styles['digit']}
                    aria-pressed={digit === chosen}
                    aria-label={`${digit}: show its arithmetic`}
                    onClick={() => onChoose(digit)}
                  >
                    {digit}
                  </button>
                ) : (
                  digit
                )}
              </th>
              <td class={styles['bar']}>
                <svg width="100%" height="14" aria-hidden="true">
                  <rect class={styles['track']} width="100%" height="14" rx="3" />
                  <rect class={styles['fill']} width={`${(probability ?? 0) * 100}%`} height="14" rx="3" />
                </svg>
              </td>
              <td>
                {probability === undefined ? (
                  <span class={styles['none']}>–</span>
                ) : (
                  <Num value={probability} of="a2">
                    {formatPercent(probability)}
                  </Num>
                )}
              </td>
              {others.map(({ name, probabilities: theirs }) => (
                <td key={name}>
                  {theirs ? <Num value={theirs[digit]!}>{formatPercent(theirs[digit]!)}</Num> : '–'}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
