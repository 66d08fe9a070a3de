import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './Relu.module.css';
import {
  biasFor,
  describeRelu,
  type NeuronRow,
  type ReluSetup,
  type ReluState,
  reach,
  reluCurves,
  reluState,
} from './relu-state.ts';

const curves = reluCurves();
const round = (z: number) => Math.round(z * 100) / 100;
const axis = { label: 'z', domain: [-reach, reach], ticks: 5 } as const;

/** @param setup the worked example; the reader moves its hidden neuron 0 */
export default function Relu({ setup }: { setup: ReluSetup }): JSX.Element {
  const initial = setup.b1[0]!;
  const [bias, setBias] = useState(initial);
  const state = reluState(setup, bias);
  const { z } = state.neurons[0]!;
  const moveTo = (wanted: number) => setBias(biasFor(setup, wanted));
  return (
    <DemoFrame
      title="ReLU and an inactive neuron"
      result={describeRelu(state)}
      onReset={() => setBias(initial)}
      tries={[
        { text: 'Activate neuron 0: raise its bias to 0.2', apply: () => setBias(0.2) },
        { text: 'Exactly at the kink', apply: () => moveTo(0) },
        { text: 'Far below 0', apply: () => moveTo(-0.8) },
        { text: 'Drag in either plot' },
      ]}
    >
      <div class={styles['fields']}>
        <NumberField
          label={
            <>
              <Formula of="z1" />
              [0]
            </>
          }
          of="z1"
          value={z}
          min={-reach}
          max={reach}
          step={0.01}
          onChange={moveTo}
        />
        <NumberField
          label={
            <>
              <Formula of="b1" />
              [0]
            </>
          }
          of="b1"
          value={bias}
          min={biasFor(setup, -reach)}
          max={biasFor(setup, reach)}
          step={0.01}
          onChange={setBias}
        />
      </div>
      <ReluPlots neuron={state.neurons[0]!} onMove={moveTo} />
      <div class={styles['wide']}>
        <NeuronTable state={state} />
        <MatrixTable of="dW1" values={state.dW1} columns={setup.x.length} lit={setup.x.map((_, i) => i)} />
      </div>
    </DemoFrame>
  );
}

/** ReLU and its derivative, with the neuron as a dot that the reader can drag. */
function ReluPlots({
  neuron: { z, a, derivative },
  onMove,
}: {
  neuron: NeuronRow;
  onMove: (z: number) => void;
}): JSX.Element {
  return (
    <div class={styles['plots']}>
      <Plot
        height={210}
        x={axis}
        y={{ label: 'ReLU(z)', domain: [-0.1, 1.1], ticks: 3 }}
        series={[
          { kind: 'line', of: 'a1', points: curves.relu },
          { kind: 'dots', of: 'a1', points: [[z, a]] },
        ]}
        onDrag={(x) => onMove(round(x))}
        description={`ReLU: 0 up to z = 0, and z above. The dot is at z = ${formatNumber(z, 2)}, where it is ${formatNumber(a, 2)}.`}
      />
      <Plot
        height={210}
        x={axis}
        y={{ label: 'ReLU′(z)', domain: [-0.1, 1.1], ticks: 3 }}
        series={[
          ...curves.derivative.map((points) => ({ kind: 'line', of: 'z1', points }) as const),
          { kind: 'dots', of: 'z1', points: [[z, derivative]] },
        ]}
        onDrag={(x) => onMove(round(x))}
        description={`The derivative of ReLU: 0 up to z = 0, and 1 above. The dot is at z = ${formatNumber(z, 2)}, where it is ${derivative}.`}
      />
    </div>
  );
}

const rows = [
  { key: 'z', of: 'z1', name: 'weighted sum', colour: 'z1', digits: 5 },
  { key: 'a', of: 'a1', name: 'activation', colour: 'a1', digits: 5 },
  { key: 'arriving', of: 'W2ᵀ·dz2', name: 'gradient from the output', colour: 'z1', digits: 5 },
  { key: 'derivative', of: 'ReLU′(z1)', name: 'derivative', colour: 'z1', digits: 0 },
  { key: 'dz', of: 'dz1', name: 'gradient of the sum', colour: 'z1', digits: 5 },
] as const;

function NeuronTable({ state: { neurons } }: { state: ReluState }): JSX.Element {
  return (
    <table class={styles['neurons']}>
      <caption class="sr-only">The two hidden neurons, forward and backward</caption>
      <thead>
        <tr>
          <th scope="col">hidden neuron</th>
          <th scope="col">0</th>
          <th scope="col">1</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ of, name, key, colour, digits }) => (
          <tr key={key} data-row={key}>
            <th scope="row">
              <Formula of={of} /> <span class={styles['what']}>{name}</span>
            </th>
            {neurons.map((one, j) => (
              <td key={j}>
                <Num value={one[key]} of={colour}>
                  {formatNumber(one[key], digits)}
                </Num>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
