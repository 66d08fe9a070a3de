import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/**
 * Steps to walk through, forward and back: by buttons, by the arrow keys, Home and End, or along the slider.
 * Nothing moves by itself.
 */
export function Timeline({
  labels,
  at,
  onMove,
}: {
  /** One for each step; the present one is shown and is the slider's text. */
  labels: readonly string[];
  at: number;
  onMove: (step: number) => void;
}): JSX.Element {
  const id = useId();
  const last = labels.length - 1;
  return (
    <div class="timeline">
      {/* A button that is truly disabled would lose the focus of who walks by keyboard. */}
      <button type="button" aria-disabled={at === 0} onClick={() => at > 0 && onMove(at - 1)}>
        <span aria-hidden="true">←</span> Back
      </button>
      <button
        type="button"
        class="primary"
        aria-disabled={at === last}
        onClick={() => at < last && onMove(at + 1)}
      >
        Next <span aria-hidden="true">→</span>
      </button>
      <div class="track">
        <label for={id}>
          Step {at} of {last}
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={last}
          step={1}
          value={at}
          aria-valuetext={`${at} of ${last}: ${labels[at]}`}
          onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
        />
      </div>
    </div>
  );
}
