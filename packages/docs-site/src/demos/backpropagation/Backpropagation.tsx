import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { Timeline } from '../../blocks/timeline.tsx';
import { type BackpropagationValues, describeBackward, formatPower, runBackward } from './backward-run.ts';
import { EpsilonField } from './EpsilonField.tsx';
import { NetworkFields } from './NetworkFields.tsx';
import { Pass } from './Pass.tsx';

const EXPONENT = 6;

/** @param values the network, the input and the true class at the start */
export default function Backpropagation({ values: initial }: { values: BackpropagationValues }): JSX.Element {
  const [values, setValues] = useState(initial);
  const [exponent, setExponent] = useState(EXPONENT);
  const [at, setAt] = useState(0);
  const epsilon = 10 ** -exponent;
  const run = useMemo(() => runBackward(values, epsilon), [values, epsilon]);
  const last = run.steps.length - 1;

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
        { text: 'Make class 0 the true class', apply: () => setValues({ ...values, label: 0 }) },
        {
          text: 'Activate hidden neuron 0: raise its bias to 0.2',
          apply: () => setValues({ ...values, b1: values.b1.with(0, 0.2) }),
        },
        {
          text: 'Put hidden neuron 0 on ReLU’s kink',
          apply: () => {
            setValues({ ...values, b1: values.b1.with(0, values.b1[0]! - run.operands.z1[0]!) });
            setAt(last);
          },
        },
      ]}
    >
      <Timeline labels={run.steps.map(({ name }) => name)} at={at} onMove={setAt} />
      <Pass run={run} at={at} />
      <NetworkFields values={values} onChange={setValues} />
      <EpsilonField values={values} run={run} exponent={exponent} onChange={setExponent} />
      <p class="note">
        Beside each gradient is its numerical estimate: (L(+ε) − L(−ε)) / 2ε, with ε = {formatPower(epsilon)}.
        ✓ means that they agree; the largest difference is shown beside it.
      </p>
    </DemoFrame>
  );
}
