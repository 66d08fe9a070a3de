import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { formatNumber, formatShort } from '../desk/format-number.ts';

interface NumberInputProps {
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  /** Names the input where no visible label does. */
  label?: string;
  id?: string;
}

/**
 * An input for one number. What is typed counts as soon as it is a number in range; out of range the input says so,
 * and leaving it tidies up.
 */
export function NumberInput(props: NumberInputProps): JSX.Element {
  const { value, onChange, min = -Infinity, max = Infinity, step, label, id } = props;
  // What is being typed need not be a number yet, as `-` or nothing.
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

/** Without the last bits of binary fractions: 0.006000000000000005 is 0.006 to who reads it. */
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
  /** Words, or a quantity's name with its position. */
  label: ComponentChildren;
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step: number;
  decimals?: number;
  /** The quantity whose colour the slider takes. */
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
