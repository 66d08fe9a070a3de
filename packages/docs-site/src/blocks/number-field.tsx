import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { formatNumber, formatShort } from '../desk/format-number.ts';

interface NumberInputProps {
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  /** Accessible name, if the input has no visible label. */
  label?: string;
  id?: string;
}

/**
 * An input for one number. It reports every number in range while the reader types. Out of range it shows the range,
 * and leaving the input restores the last valid number.
 */
export function NumberInput(props: NumberInputProps): JSX.Element {
  const { value, onChange, min = -Infinity, max = Infinity, step, label, id } = props;
  // The text while the reader types, which may not be a number yet, as `-`.
  const [typed, setTyped] = useState<string>();
  const hint = useId();
  const isOut = !!typed && (Number(typed) < min || Number(typed) > max);
  return (
    <span class="number-place">
      <input
        class="number-input"
        type="number"
        inputMode="decimal"
        id={id}
        aria-label={label}
        aria-invalid={isOut || undefined}
        aria-describedby={isOut ? hint : undefined}
        min={Number.isFinite(min) ? min : undefined}
        max={Number.isFinite(max) ? max : undefined}
        step={step ?? 'any'}
        value={typed ?? readable(value)}
        onInput={({ currentTarget }) => {
          setTyped(currentTarget.value);
          const number = currentTarget.valueAsNumber;
          if (Number.isFinite(number) && number >= min && number <= max) onChange(number);
        }}
        onBlur={() => setTyped(undefined)}
      />
      {isOut && (
        <span class="range" id={hint}>
          from {formatShort(min)} to {formatShort(max)}
        </span>
      )}
    </span>
  );
}

/** The number without the last bits of binary fractions: 0.006 for 0.006000000000000005. */
function readable(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** A slider and a number field for the same value, under one label. */
export function NumberField({
  label,
  value,
  onChange,
  min,
  max,
  step,
  decimals = 2,
  of,
}: {
  /** Text, or the name of a quantity with its position. */
  label: ComponentChildren;
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step: number;
  decimals?: number;
  /** The quantity whose colour the slider has. */
  of?: string;
}): JSX.Element {
  const id = useId();
  return (
    <div class={of === undefined ? 'number-field' : `number-field quantity-${of}`}>
      <label for={id} id={`${id}-label`}>
        {label}
      </label>
      <input
        type="range"
        aria-labelledby={`${id}-label`}
        aria-valuetext={formatNumber(value, decimals)}
        min={min}
        max={max}
        step={step}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <NumberInput id={id} value={value} onChange={onChange} min={min} max={max} step={step} />
    </div>
  );
}
