import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { NumberField } from '../../blocks/number-field.tsx';
import { Plot } from '../../blocks/plot.tsx';
import {
  type BackpropagationValues,
  type BackwardRun,
  epsilonExponents,
  formatApart,
  worstByEpsilon,
} from './backward-run.ts';

/** The choice of ε, with the largest difference for each ε. */
export function EpsilonField({
  values,
  run,
  exponent,
  onChange,
}: {
  values: BackpropagationValues;
  run: BackwardRun;
  exponent: number;
  onChange: (exponent: number) => void;
}): JSX.Element {
  const worst = useMemo(() => worstByEpsilon(values), [values]);
  return (
    <details>
      <summary>Choose ε</summary>
      <NumberField
        label="ε: 10 to −"
        value={exponent}
        min={epsilonExponents[0]}
        max={epsilonExponents[1]}
        step={1}
        decimals={0}
        onChange={(value) => onChange(Math.round(value))}
      />
      <Plot
        height={220}
        x={{ label: 'log ε', domain: [-13, -1], ticks: 7 }}
        y={{ label: 'log of the largest difference', domain: [-14, 0], ticks: 5 }}
        series={[
          { kind: 'line', of: 'loss', points: worst },
          { kind: 'dots', of: 'loss', points: worst.filter(([k]) => k === -exponent) },
        ]}
        description={`The largest difference among the ${run.check.checked} parameters, for each ε: ${worst
          .map(([power, difference]) => `10^${power}: ${formatApart(10 ** difference)}`)
          .join('; ')}.`}
      />
      <p class="note">
        If ε is too large, the loss curves within it, or an inactive neuron becomes active. If ε is too small,
        the two losses differ only in their last digits.
      </p>
    </details>
  );
}
