import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A choice of one value, as radio buttons under a legend. */
export function RadioGroup<Value extends string | number>({
  legend,
  options,
  chosen,
  onChoose,
  class: className,
  optionClass = 'check',
}: {
  legend: string;
  options: readonly (readonly [value: Value, text: string])[];
  chosen: Value;
  onChoose: (value: Value) => void;
  class: string | undefined;
  optionClass?: string | undefined;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class={className}>
      <legend>{legend}</legend>
      {options.map(([value, text]) => (
        <label key={value} class={optionClass}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === chosen}
            onInput={() => onChoose(value)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

/** The two classes of the worked example, as options. */
export const twoClasses: readonly (readonly [value: number, text: string])[] = [
  [0, '0'],
  [1, '1'],
];
