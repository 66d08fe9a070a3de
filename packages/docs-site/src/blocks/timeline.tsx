import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

/** A sequence of steps with a back button, a next button and a slider, which takes the arrow keys, Home and End. */
export function Timeline({
  labels,
  at,
  onMove,
}: {
  /** A label for each step; the slider announces the current one. */
  labels: readonly string[];
  at: number;
  onMove: (step: number) => void;
}): JSX.Element {
  const id = useId();
  const last = labels.length - 1;
  return (
    <div class="timeline">
      {/* A disabled button would lose the keyboard focus, so it is only marked as disabled. */}
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
