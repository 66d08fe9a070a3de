import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { MatrixTable } from '../../blocks/matrix-table.tsx';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber } from '../../desk/format-number.ts';
import styles from './Relu.module.css';
import { biasFor, describeRelu, type ReluSetup, reach, reluCurves, reluState } from './relu-state.ts';

const curves = reluCurves();
const round = (z: number) => Math.round(z * 100) / 100;

/** @param setup the worked example, whose hidden neuron 0 the reader moves */
export default function Relu({ setup }: { setup: ReluSetup }): JSX.Element {
  const initial = setup.b1[0]!;
  const [bias, setBias] = useState(initial);
  const state = reluState(setup, bias);
  const neuron = state.neurons[0]!;
  const { z, a, derivative } = neuron;
  const moveTo = (wanted: number) => setBias(biasFor(setup, wanted));
  const axis = { domain: [-reach, reach], ticks: 5 } as const;
  return (
    <DemoFrame
      title="ReLU, and a neuron to wake"
      result={describeRelu(state)}
      onReset={() => setBias(initial)}
      tries={[
        { text: 'Wake neuron 0: raise its bias to 0.2', apply: () => setBias(0.2) },
        { text: 'Stop exactly at the kink', apply: () => moveTo(0) },
        { text: 'Far into the silence', apply: () => moveTo(-0.8) },
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
      <div class={styles['plots']}>
        <Plot
          height={210}
          x={{ label: 'z', ...axis }}
          y={{ label: 'ReLU(z)', domain: [-0.1, 1.1], ticks: 3 }}
          series={[
            { kind: 'line', of: 'a1', points: curves.relu },
            { kind: 'dots', of: 'a1', points: [[z, a]] },
          ]}
          onDrag={(x) => moveTo(round(x))}
          description={`ReLU: 0 up to z = 0, from there on z itself. The dot is at z = ${formatNumber(z, 2)}, where it is ${formatNumber(a, 2)}.`}
        />
        <Plot
          height={210}
          x={{ label: 'z', ...axis }}
          y={{ label: 'ReLU′(z)', domain: [-0.1, 1.1], ticks: 3 }}
          series={[
            ...curves.derivative.map((points) => ({ kind: 'line', of: 'z1', points }) as const),
            { kind: 'dots', of: 'z1', points: [[z, derivative]] },
          ]}
          onDrag={(x) => moveTo(round(x))}
          description={`The derivative of ReLU: 0 up to z = 0, from there on 1. The dot is at z = ${formatNumber(z, 2)}, where it is ${derivative}.`}
        />
      </div>
      <div class={styles['wide']}>
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
                {state.neurons.map((one, j) => (
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
        <MatrixTable of="dW1" values={state.dW1} columns={setup.x.length} lit={setup.x.map((_, i) => i)} />
      </div>
    </DemoFrame>
  );
}

const rows = [
  { key: 'z', of: 'z1', name: 'its sum', colour: 'z1', digits: 5 },
  { key: 'a', of: 'a1', name: 'what it hands on', colour: 'a1', digits: 5 },
  { key: 'arriving', of: 'W2ᵀ·dz2', name: 'what comes back', colour: 'z1', digits: 5 },
  { key: 'derivative', of: 'ReLU′(z1)', name: 'open or shut', colour: 'z1', digits: 0 },
  { key: 'dz', of: 'dz1', name: 'what gets through', colour: 'z1', digits: 5 },
] as const;
