import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NumberInput } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import {
  axisOf,
  barsOf,
  changedCount,
  type Draw,
  type DrawnTensor,
  describeDraw,
  digitsOf,
  drawParameters,
  firstSeed,
  limits,
} from './drawn-parameters.ts';
import styles from './Initialise.module.css';

interface Drawn {
  readonly draw: Draw;
  readonly changed: number | undefined;
}

const start = (): Drawn => ({ draw: drawParameters(firstSeed), changed: undefined });

export default function Initialise(): JSX.Element {
  const id = useId();
  const [{ draw, changed }, setDrawn] = useState<Drawn>(start);
  const drawSeed = (seed: number) => {
    const next = drawParameters(seed);
    setDrawn({ draw: next, changed: changedCount(draw, next) });
  };
  return (
    <DemoFrame
      title="The initial parameters"
      result={describeDraw(draw, changed)}
      onReset={() => setDrawn(start())}
      tries={[
        { text: 'Take a new seed, then 42 again: the first numbers return' },
        { text: 'Compare the flat top of 7,840 weights with the gaps of ten biases' },
      ]}
    >
      <div class={styles['seed']}>
        <button type="button" onClick={() => drawSeed(draw.seed)}>
          Same seed
        </button>
        <button type="button" class="primary" onClick={() => drawSeed(draw.seed + 1)}>
          New seed
        </button>
        <label for={id}>Seed</label>
        <span class={styles['number']}>
          <NumberInput
            id={id}
            value={draw.seed}
            min={0}
            max={999_999}
            step={1}
            onChange={(seed) => Number.isInteger(seed) && drawSeed(seed)}
          />
        </span>
      </div>
      <div class={styles['histograms']}>
        {draw.tensors.map((tensor) => (
          <Plot
            key={tensor.name}
            height={170}
            x={{ label: `values of ${tensor.name}`, domain: limits, ticks: 5 }}
            y={{ label: 'count', domain: axisOf(tensor), ticks: 4 }}
            series={[{ kind: 'bars', of: tensor.name, points: barsOf(tensor) }]}
            description={describeHistogram(tensor)}
          />
        ))}
      </div>
      <TensorTable draw={draw} />
    </DemoFrame>
  );
}

function describeHistogram({ name, counts, values }: DrawnTensor): string {
  return `Histogram of the ${values.length.toLocaleString('en')} values of ${name} in ${counts.length} bins from −0.5 to 0.5: ${counts.join(', ')}.`;
}

/** The size, minimum, mean and maximum of each tensor. */
function TensorTable({ draw: { tensors, count } }: { draw: Draw }): JSX.Element {
  return (
    <table class={styles['tensors']}>
      <caption class="sr-only">The values of each tensor</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">numbers</th>
          <th scope="col">min</th>
          <th scope="col">mean</th>
          <th scope="col">max</th>
        </tr>
      </thead>
      <tbody>
        {tensors.map(({ name, shape, values, least, mean, most }) => (
          <tr key={name} data-tensor={name}>
            <th scope="row">
              <Formula of={name} />{' '}
              <span class={styles['shape']}>{shape.length > 1 ? shape.join(' × ') : `${shape[0]} × 1`}</span>
            </th>
            <td>
              <Num value={values.length}>{values.length.toLocaleString('en')}</Num>
            </td>
            {[least, mean, most].map((value, k) => (
              <td key={k}>
                <Num value={value} of={name}>
                  {formatNumber(value, digitsOf(value))}
                </Num>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">all</th>
          <td>
            <Num value={count}>{count.toLocaleString('en')}</Num>
          </td>
          <td colSpan={3} />
        </tr>
      </tfoot>
    </table>
  );
}
