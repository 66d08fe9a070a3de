import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { Formula, Num } from '../../blocks/quantity.tsx';
import { formatNumber, formatPercent } from '../../desk/format-number.ts';
import styles from './Knobs.module.css';
import {
  describeKnobs,
  type Guess,
  guessOf,
  type KnobsSetup,
  type KnobsState,
  knobsOf,
  learn,
  reach,
  startKnobs,
  turnKnob,
} from './knob-state.ts';

/** @param setup the network and the sample that the demo begins with */
export default function Knobs({ setup }: { setup: KnobsSetup }): JSX.Element {
  const [state, setState] = useState<KnobsState>(startKnobs(setup));
  const guess = guessOf(setup, state);
  const learnTimes = (times: number) => {
    let next = state;
    for (let k = 0; k < times; k++) next = learn(setup, next);
    setState(next);
  };
  return (
    <DemoFrame
      title="Fourteen knobs and one correct answer"
      result={describeKnobs(setup, state)}
      onReset={() => setState(startKnobs(setup))}
      tries={[
        { text: 'Let it learn for 100 steps', apply: () => learnTimes(100) },
        { text: `Bring class ${setup.label} above 90 % by hand` },
        { text: 'Find a knob that does nothing' },
      ]}
    >
      <div class={styles['knobs']}>
        {knobsOf(setup.layers).map(({ of, name }, k) => (
          <label key={name} class={`${styles['knob']} quantity-${of}`}>
            <span>
              <Formula of={name} />
            </span>
            <Num value={state.parameters[k]!} of={of}>
              {formatNumber(state.parameters[k]!, 3)}
            </Num>
            <input
              type="range"
              min={-reach}
              max={reach}
              step={0.01}
              value={state.parameters[k]}
              aria-valuetext={formatNumber(state.parameters[k]!, 3)}
              onInput={({ currentTarget }) => setState(turnKnob(state, k, currentTarget.valueAsNumber))}
            />
          </label>
        ))}
      </div>
      <GuessTable guess={guess} label={setup.label} />
      <div class={styles['learn']}>
        <button type="button" class="primary" onClick={() => learnTimes(1)}>
          Learn: one step
        </button>
        <span class="note">turns all knobs at once by a small amount</span>
      </div>
    </DemoFrame>
  );
}

/** The probabilities of the classes, and the loss. */
function GuessTable({ guess: { probabilities, loss }, label }: { guess: Guess; label: number }): JSX.Element {
  return (
    <table class={styles['guess']}>
      <caption class="sr-only">The prediction of the network</caption>
      <tbody>
        {probabilities.map((probability, k) => (
          <tr key={k} data-class={k}>
            <th scope="row">{k === label ? `class ${k}, the true class` : `class ${k}`}</th>
            <td>
              <Num value={probability} of="a2">
                {formatPercent(probability)}
              </Num>
            </td>
            <td class={styles['bar']}>
              <svg width="100%" height="12" aria-hidden="true">
                <rect class={styles['track']} width="100%" height="12" rx="3" />
                <rect class={styles['fill']} width={`${probability * 100}%`} height="12" rx="3" />
              </svg>
            </td>
          </tr>
        ))}
        <tr data-loss>
          <th scope="row">
            <Formula of="loss" />
          </th>
          <td>
            <Num value={loss} of="loss">
              {formatNumber(loss)}
            </Num>
          </td>
          <td class={styles['bar']} />
        </tr>
      </tbody>
    </table>
  );
}
