import type { JSX } from 'preact';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import styles from './Backpropagation.module.css';
import type { BackwardRun, GradientName } from './backward-run.ts';
import { Gradient } from './Gradient.tsx';

/** The values of the forward pass, and the gradients of both layers at a step of the backward pass. */
export function Pass({ run, at }: { run: BackwardRun; at: number }): JSX.Element {
  const { lit } = run.steps[at]!;
  const gradient = (name: GradientName) => <Gradient name={name} run={run} at={at} />;
  return (
    <div class={styles['pass']}>
      <section class={styles['operands']} aria-label="From the forward pass">
        {(['x', 'z1', 'a1', 'W2', 'a2', 'y'] as const).map((name) => (
          <MatrixTable
            key={name}
            of={name}
            values={run.operands[name]}
            columns={name === 'W2' ? 2 : 1}
            {...(lit[name] && { lit: lit[name] })}
          />
        ))}
      </section>
      <section class={styles['gradients']} aria-label="Gradients of the output layer">
        {gradient('dz2')}
        {gradient('dW2')}
        {gradient('db2')}
      </section>
      <section class={styles['gradients']} aria-label="Gradients of the hidden layer">
        {gradient('da1')}
        {gradient('dz1')}
        {gradient('dW1')}
        {gradient('db1')}
      </section>
    </div>
  );
}
