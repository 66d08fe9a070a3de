import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { type Desk, type NetworkId, selectNetwork } from '../desk/desk.ts';
import { formatBytes, formatPercent } from '../desk/format-number.ts';
import { countHidden, hiddenOf, type ModelFacts, oneIn } from '../desk/model-facts.ts';
import styles from './network-choice.module.css';

/** The choice of a network: those of the trainer, and the reader's own if there is one. */
export function NetworkChoice({
  desk: { networks, selected },
  models,
}: {
  desk: Desk;
  models: readonly ModelFacts[];
}): JSX.Element {
  const name = useId();
  const option = (id: NetworkId, title: string, words: string) => (
    <label key={id} class={styles['option']}>
      <input
        type="radio"
        name={name}
        value={id}
        checked={selected === id}
        onInput={() => selectNetwork(id)}
      />
      <span>
        <b>{title}</b> <span class={styles['words']}>{words}</span>
      </span>
    </label>
  );
  return (
    <fieldset class={styles['choice']}>
      <legend class="label">Network</legend>
      {models.map(({ id, hidden, testAccuracy, bytes }) =>
        option(
          id,
          countHidden(hidden),
          `${formatPercent(testAccuracy)} test accuracy, ${oneIn(testAccuracy)} misclassified${
            id !== 'ten' && !networks[id] ? `; ${formatBytes(bytes)} to load` : ''
          }`,
        ),
      )}
      {networks.yours && option('yours', 'Yours', countHidden(hiddenOf(networks.yours)))}
    </fieldset>
  );
}
