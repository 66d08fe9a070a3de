import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { Timeline } from '../../blocks/timeline.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './Backpropagation.module.css';
import {
  agree,
  type BackpropagationValues,
  type BackwardRun,
  describeBackward,
  epsilonExponents,
  formatApart,
  formatPower,
  type GradientName,
  gradientFormulas,
  knownAt,
  runBackward,
  worstByEpsilon,
} from './backward-run.ts';

const EXPONENT = 6;

/** @param values the network, the input and the true class that the demo begins with */
export default function Backpropagation({ values: initial }: { values: BackpropagationValues }): JSX.Element {
  const [values, setValues] = useState(initial);
  const [exponent, setExponent] = useState(EXPONENT);
  const [at, setAt] = useState(0);
  const epsilon = 10 ** -exponent;
  const run = useMemo(() => runBackward(values, epsilon), [values, epsilon]);
  const worst = useMemo(() => worstByEpsilon(values), [values]);
  const { lit } = run.steps[at]!;
  const last = run.steps.length - 1;

  const given = (name: 'x' | 'W1' | 'b1' | 'W2' | 'b2', columns = 1) => (
    <MatrixTable
      of={name}
      values={values[name]}
      columns={columns}
      onEdit={(position, value) => setValues({ ...values, [name]: values[name].with(position, value) })}
    />
  );
  const gradient = (name: GradientName) => <Gradient name={name} run={run} at={at} />;

  return (
    <DemoFrame
      title="The backward pass, number by number"
      result={describeBackward(run, at, epsilon)}
      onReset={() => {
        setValues(initial);
        setExponent(EXPONENT);
        setAt(0);
      }}
      tries={[
        { text: 'Go to the end', apply: () => setAt(last) },
        { text: 'Let class 0 be the true one', apply: () => setValues({ ...values, label: 0 }) },
        {
          text: 'Wake hidden neuron 0: raise its bias to 0.2',
          apply: () => setValues({ ...values, b1: values.b1.with(0, 0.2) }),
        },
        {
          text: 'Set hidden neuron 0 on ReLU’s kink',
          apply: () => {
            setValues({ ...values, b1: values.b1.with(0, values.b1[0]! - run.operands.z1[0]!) });
            setAt(last);
          },
        },
      ]}
    >
      <Timeline labels={run.steps.map(({ name }) => name)} at={at} onMove={setAt} />
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
      <details>
        <summary>Change the network and the sample</summary>
        <div class={styles['operands']}>
          {given('x')}
          {given('W1', 3)}
          {given('b1')}
          {given('W2', 2)}
          {given('b2')}
        </div>
        <fieldset class={styles['classes']}>
          <legend>True class</legend>
          {[0, 1].map((label) => (
            <label key={label} class="check">
              <input
                type="radio"
                name="backpropagation-label"
                checked={values.label === label}
                onInput={() => setValues({ ...values, label })}
              />
              {label}
            </label>
          ))}
        </fieldset>
      </details>
      <details>
        <summary>How far to move: choose ε</summary>
        <NumberField
          label="ε: 10 to −"
          value={exponent}
          min={epsilonExponents[0]}
          max={epsilonExponents[1]}
          step={1}
          decimals={0}
          onChange={(value) => setExponent(Math.round(value))}
        />
        <Plot
          height={220}
          x={{ label: 'log ε', domain: [-13, -1], ticks: 7 }}
          y={{ label: 'log of the worst distance', domain: [-14, 0], ticks: 5 }}
          series={[
            { kind: 'line', of: 'loss', points: worst },
            { kind: 'dots', of: 'loss', points: worst.filter(([k]) => k === -exponent) },
          ]}
          description={`How far the worst of the ${run.check.checked} parameters is off, by ε: ${worst
            .map(([k]) => k)
            .map((k, i) => `10^${k}: ${formatApart(10 ** worst[i]![1])}`)
            .join('; ')}.`}
        />
        <p class="note">
          Too large an ε, and the loss bends within it, or a sleeping neuron wakes; too small, and the two
          losses differ only in their last digits.
        </p>
      </details>
      <p class="note">
        Beside each gradient stands what was measured: (L(+ε) − L(−ε)) / 2ε, with ε = {formatPower(epsilon)}.
        ✓ says that the two agree, and how far apart the furthest are.
      </p>
    </DemoFrame>
  );
}

/** A gradient by its rule, and beside it by differences. */
function Gradient({ name, run, at }: { name: GradientName; run: BackwardRun; at: number }): JSX.Element {
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
          : `${right ? '✓' : '✗ do not agree:'} ${formatApart(Math.max(...distances))} apart`}
      </p>
    </div>
  );
}

/** The same numbers as they were measured, in the same shape. */
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
