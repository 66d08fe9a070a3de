import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { Timeline } from '../../blocks/timeline.tsx';
import styles from './Forward.module.css';
import {
  describeForward,
  type ForwardQuantity,
  type ForwardResult,
  type ForwardValues,
  forwardLayers,
  runForward,
} from './forward-run.ts';

const [D, H] = forwardLayers;

/** @param values the network and the input at the start */
export default function Forward({ values: initial }: { values: ForwardValues }): JSX.Element {
  const [values, setValues] = useState(initial);
  const [at, setAt] = useState(0);
  const run = runForward(values);
  const { lit, known, name } = run.steps[at]!;

  const edit = (quantity: ForwardQuantity, position: number, value: number) =>
    setValues({ ...values, [quantity]: values[quantity].with(position, value) });
  const given = (quantity: ForwardQuantity, columns = 1) => (
    <MatrixTable
      of={quantity}
      values={values[quantity]}
      columns={columns}
      {...(lit[quantity] && { lit: lit[quantity] })}
      onEdit={(position, value) => edit(quantity, position, value)}
    />
  );
  const found = (result: ForwardResult) => (
    <MatrixTable
      of={result}
      values={run[result].map((value, k) => (k < known[result] ? value : undefined))}
      {...(lit[result] && { lit: lit[result] })}
    />
  );
  const term = (operator: string, operand: JSX.Element) => (
    <div class={styles['term']}>
      <span aria-hidden="true">{operator}</span>
      {operand}
    </div>
  );

  return (
    <DemoFrame
      title="The forward pass, product by product"
      result={describeForward(run, at)}
      onReset={() => {
        setValues(initial);
        setAt(0);
      }}
      tries={[
        { text: 'Go to the end', apply: () => setAt(run.steps.length - 1) },
        {
          text: 'Activate hidden neuron 0: raise its bias to 0.2',
          apply: () => edit('b1', 0, 0.2),
        },
        { text: 'Type into any cell of x, W1, b1, W2 or b2' },
      ]}
    >
      <Timeline labels={run.steps.map((step) => step.name)} at={at} onMove={setAt} />
      <div class={styles['layers']} data-step={name}>
        <fieldset class={styles['layer']} aria-label="Layer 1">
          {given('W1', D)}
          {term('·', given('x'))}
          {term('+', given('b1'))}
          {term('=', found('z1'))}
          {term('→', found('a1'))}
        </fieldset>
        <fieldset class={styles['layer']} aria-label="Layer 2">
          {given('W2', H)}
          {term('·', found('a1'))}
          {term('+', given('b2'))}
          {term('=', found('z2'))}
          {term('→', found('a2'))}
        </fieldset>
      </div>
    </DemoFrame>
  );
}
