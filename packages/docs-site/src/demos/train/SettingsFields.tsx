import type { Initialization } from '@micronn/core';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { NumberField, NumberInput } from '../../blocks/number-field.tsx';
import { limits, type RunSettings } from './run-settings.ts';
import styles from './Train.module.css';

const inits: readonly (readonly [Initialization, string])[] = [
  ['uniform', 'uniform, as in the tutorial'],
  ['he', 'He'],
  ['glorot', 'Glorot'],
];

/** The settings that are whole numbers, with their labels. */
const counts = {
  hidden: 'Hidden neurons',
  batchSize: 'Batch size',
  epochs: 'Epochs',
} as const;

const SEEDS = 2 ** 32;

/** The settings of a run, disabled while it trains. */
export function SettingsFields({
  settings,
  isDisabled,
  onChange,
}: {
  settings: RunSettings;
  isDisabled: boolean;
  onChange: (part: Partial<RunSettings>) => void;
}): JSX.Element {
  const count = (key: keyof typeof counts) => (
    <NumberField
      label={counts[key]}
      value={settings[key]}
      min={limits[key][0]}
      max={limits[key][1]}
      step={1}
      decimals={0}
      onChange={(value) => onChange({ [key]: Math.round(value) })}
    />
  );
  return (
    <fieldset class={styles['settings']} disabled={isDisabled} aria-label="Settings of the run">
      <SeedField seed={settings.seed} onChange={onChange} />
      <InitField init={settings.init} onChange={onChange} />
      {count('hidden')}
      {count('batchSize')}
      <NumberField
        label="Learning rate"
        value={settings.learningRate}
        min={limits.learningRate[0]}
        max={limits.learningRate[1]}
        step={0.01}
        onChange={(learningRate) => onChange({ learningRate })}
      />
      {count('epochs')}
    </fieldset>
  );
}

function SeedField({
  seed,
  onChange,
}: {
  seed: number;
  onChange: (part: Pick<RunSettings, 'seed'>) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class={styles['field']}>
      <label for={id}>Seed</label>
      <NumberInput
        id={id}
        value={seed}
        min={0}
        max={SEEDS - 1}
        step={1}
        onChange={(value) => onChange({ seed: Math.round(value) })}
      />
      <button type="button" onClick={() => onChange({ seed: (seed + 1) % SEEDS })}>
        Next seed
      </button>
    </div>
  );
}

function InitField({
  init,
  onChange,
}: {
  init: Initialization;
  onChange: (part: Pick<RunSettings, 'init'>) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class={styles['field']}>
      <label for={id}>Initialisation</label>
      <select
        id={id}
        value={init}
        onInput={({ currentTarget }) => onChange({ init: currentTarget.value as Initialization })}
      >
        {inits.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
