import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { Timeline } from '../../blocks/timeline.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import { describeStop, explainStop } from './describe-stop.ts';
import { type ComparedNumber, compareWithTutorial, inFull, type ShownFigures } from './tutorial-figures.ts';
import styles from './WorkedExample.module.css';
import {
  addressOfStop,
  type ExampleSetup,
  parts,
  runWorkedExample,
  type Stop,
  stopOfAddress,
  type WorkedRun,
} from './worked-run.ts';

/** Delay before the address changes: browsers limit how often it may, and a drag of the slider changes it often. */
const ADDRESS_MS = 200;

/** The quantities of the step, in three passes. */
const passes: readonly {
  readonly name: string;
  readonly prefix: string;
  readonly quantities: readonly string[];
}[] = [
  {
    name: 'Forward',
    prefix: '',
    quantities: ['x', 'W1', 'b1', 'z1', 'a1', 'W2', 'b2', 'z2', 'a2', 'y', 'loss'],
  },
  { name: 'Backward', prefix: '', quantities: ['dz2', 'dW2', 'db2', 'da1', 'dz1', 'dW1', 'db1'] },
  {
    name: 'After the update',
    prefix: 'after.',
    quantities: ['W1', 'b1', 'W2', 'b2', 'z1', 'a1', 'z2', 'a2', 'loss'],
  },
];

/**
 * @param setup the network, the sample and the learning rate
 * @param figures the tutorial's rounded numbers
 */
export default function WorkedExample({
  setup,
  figures,
}: {
  setup: ExampleSetup;
  figures: ShownFigures;
}): JSX.Element {
  const run = useMemo(() => runWorkedExample(setup), [setup]);
  const [at, setAt] = useState(0);
  // The first render is the one of the built page, which has no address. The address counts from the second.
  const [fromAddress, setFromAddress] = useState(false);
  useEffect(() => {
    setAt(stopOfAddress(run, location.search));
    setFromAddress(true);
  }, [run]);
  useEffect(() => {
    if (!fromAddress) return;
    const timer = setTimeout(() => {
      const { pathname, search, hash } = location;
      history.replaceState(history.state, '', pathname + addressOfStop(run, at, search) + hash);
    }, ADDRESS_MS);
    return () => clearTimeout(timer);
  }, [run, at, fromAddress]);

  const stop = run.stops[at]!;
  return (
    <DemoFrame
      title="One training step from start to end"
      result={describeStop(run, at, figures)}
      onReset={() => setAt(0)}
      tries={[
        { text: 'The first slip', apply: () => setAt(indexOf(run, 'sumExpZ2')) },
        { text: 'Where the gradient becomes 0', apply: () => setAt(indexOf(run, 'dz1')) },
        { text: 'The end', apply: () => setAt(run.stops.length - 1) },
        { text: 'Share the address: it leads to this stop' },
      ]}
    >
      <nav class={styles['parts']} aria-label="Steps of the example">
        {parts.map((part, k) => (
          <button
            key={part}
            type="button"
            class="quiet"
            aria-current={stop.part === k ? 'step' : undefined}
            onClick={() => setAt(run.stops.findIndex((one) => one.part === k))}
          >
            {k > 0 && <span class={styles['count']}>{k}</span>} {part}
          </button>
        ))}
      </nav>
      <Timeline labels={run.stops.map(({ key }) => key)} at={at} onMove={setAt} />
      <StopTable stop={stop} figures={figures} />
      <p>
        <a href={addressOfStop(run, at) || '?'}>Link to this stop</a>
      </p>
      <div class={styles['passes']}>
        {passes.map((pass) => (
          <section key={pass.name} aria-label={pass.name}>
            <p class="label">{pass.name}</p>
            <div class={styles['matrices']}>
              {pass.quantities.map((quantity) => (
                <Quantity key={quantity} run={run} at={at} quantity={quantity} prefix={pass.prefix} />
              ))}
            </div>
          </section>
        ))}
      </div>
    </DemoFrame>
  );
}

function indexOf({ stops }: WorkedRun, key: string): number {
  return stops.findIndex((stop) => stop.key === key);
}

/** The numbers of a stop in full precision, beside the tutorial's figures. */
function StopTable({ stop, figures }: { stop: Stop; figures: ShownFigures }): JSX.Element {
  const [{ name, formula }] = stop.entries as [Stop['entries'][number]];
  const compared = compareWithTutorial(stop, figures);
  const causes = [...new Set(compared.flatMap(({ shown }) => shown?.slip ?? []))];
  return (
    <div class={styles['stop']} data-stop={stop.key}>
      <p class={styles['formula']}>
        {stop.part === 0 ? parts[0] : <Formula of={formula === '' ? name : `${name} = ${formula}`} />}
      </p>
      <p>{explainStop(stop)}.</p>
      {stop.part === 0 ? (
        <p class="note">The tutorial gives these numbers in full.</p>
      ) : (
        <ComparedTable compared={compared} />
      )}
      {causes.map((cause) => (
        <p key={cause} class="note">
          {cause}
        </p>
      ))}
    </div>
  );
}

function ComparedTable({ compared }: { compared: readonly ComparedNumber[] }): JSX.Element {
  return (
    <table class={styles['compared']}>
      <caption class="sr-only">Full precision, and the tutorial’s figure</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">in full</th>
          <th scope="col">the tutorial</th>
        </tr>
      </thead>
      <tbody>
        {compared.map(({ place, value, shown }) => (
          <tr key={place} data-place={place}>
            <th scope="row">
              <Formula of={place.replace(/^after\./, '')} />
            </th>
            <td>
              <Num value={value} of={quantityOf(place)}>
                {inFull(value)}
              </Num>
            </td>
            <td>
              {shown === undefined ? (
                <span class={styles['unknown']}>
                  <span class="sr-only">not shown</span>
                  <span aria-hidden="true">–</span>
                </span>
              ) : shown.slip === undefined ? (
                shown.text
              ) : (
                <span class={styles['slip']}>
                  <s class={styles['shown']}>{shown.text}</s> slip:{' '}
                  <span class={styles['shown']}>{formatNumber(value, shown.decimals)}</span>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The quantity whose colour a number of the trace has. */
function quantityOf(place: string): string {
  const [name = ''] = place.replace(/^after\./, '').split('[');
  const quantity = name.replace(/^d(?=[Wbza]\d)/, '').replace(/^(sumE|e)xpZ/, 'z');
  if (quantity === 'reluDerivativeZ1') return 'z1';
  return quantity === 'prediction' ? 'a2' : quantity;
}

/** A quantity in the overview: dots until it is computed, highlighted at its own stop. */
function Quantity({
  run,
  at,
  quantity,
  prefix,
}: {
  run: WorkedRun;
  at: number;
  quantity: string;
  prefix: string;
}): JSX.Element {
  const { values, shape } = run.entries.get(prefix + quantity)!;
  const { stops } = run;
  const own = stops.findIndex(({ entries }) => entries.some(({ name }) => name === prefix + quantity));
  const known = at >= own;
  return (
    <MatrixTable
      of={quantity}
      values={Array.from(values, (value) => (known ? value : undefined))}
      columns={shape.length === 2 ? shape[1]! : 1}
      {...(own === at && at > 0 && { lit: Array.from(values.keys()) })}
    />
  );
}
