import type { JSX } from 'preact';
import styles from './Architecture.module.css';

const WIDTH = 640;
const HEIGHT = 220;
const MARGIN = 40;
/** The most neurons in a column. A larger layer has dots in its middle. */
const SHOWN = 11;
const MIDDLE = (SHOWN - 1) / 2;

/** The layers as columns of neurons, with a line from each neuron to all neurons of the next column. */
export function LayerPicture({ layers }: { layers: readonly number[] }): JSX.Element {
  const xOf = (l: number) => MARGIN + ((WIDTH - 2 * MARGIN) * l) / (layers.length - 1);
  const columns = layers.map((size, l) => {
    const shown = Math.min(size, SHOWN);
    const gap = (HEIGHT - 20) / SHOWN;
    return Array.from({ length: shown }, (_, k) => ({
      x: xOf(l),
      y: HEIGHT / 2 + (k - (shown - 1) / 2) * gap,
      leftOut: size > SHOWN && k === MIDDLE,
    }));
  });
  const colour = (l: number) => (l === 0 ? 'x' : `a${l === layers.length - 1 ? 2 : 1}`);
  return (
    <svg
      class={styles['picture']}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Columns of ${layers.join(', ')} neurons, each connected to all neurons of the next column.`}
    >
      {columns.slice(1).map((column, l) => (
        <path
          key={l}
          class={`${styles['joint']} quantity-W${l + 1}`}
          d={column
            .filter(({ leftOut }) => !leftOut)
            .flatMap(({ x, y }) =>
              columns[l]!.filter(({ leftOut }) => !leftOut).map((from) => `M${from.x} ${from.y}L${x} ${y}`),
            )
            .join('')}
        />
      ))}
      {columns.map((column, l) => (
        <g key={l} class={`quantity-${colour(l)}`}>
          {column.map(({ x, y, leftOut }) =>
            leftOut ? (
              [-5, 0, 5].map((dy) => <circle key={dy} class={styles['dot']} cx={x} cy={y + dy} r={1.5} />)
            ) : (
              <circle key={y} class={styles['neuron']} cx={x} cy={y} r={6.5} />
            ),
          )}
        </g>
      ))}
    </svg>
  );
}
