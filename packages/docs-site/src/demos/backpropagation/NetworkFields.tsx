import type { JSX } from 'preact';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { RadioGroup, twoClasses } from '../../blocks/radio-group.tsx';
import styles from './Backpropagation.module.css';
import type { BackpropagationValues } from './backward-run.ts';

const shapes = [
  ['x', 1],
  ['W1', 3],
  ['b1', 1],
  ['W2', 2],
  ['b2', 1],
] as const;

/** The network and the sample, to edit. */
export function NetworkFields({
  values,
  onChange,
}: {
  values: BackpropagationValues;
  onChange: (values: BackpropagationValues) => void;
}): JSX.Element {
  return (
    <details>
      <summary>Change the network and the sample</summary>
      <div class={styles['operands']}>
        {shapes.map(([name, columns]) => (
          <MatrixTable
            key={name}
            of={name}
            values={values[name]}
            columns={columns}
            onEdit={(position, value) => onChange({ ...values, [name]: values[name].with(position, value) })}
          />
        ))}
      </div>
      <RadioGroup
        legend="True class"
        class={styles['classes']}
        options={twoClasses}
        chosen={values.label}
        onChoose={(label) => onChange({ ...values, label })}
      />
    </details>
  );
}
