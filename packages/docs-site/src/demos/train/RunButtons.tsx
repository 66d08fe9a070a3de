import type { JSX } from 'preact';
import type { Training } from './use-training.ts';
import type { Work } from './use-work.ts';

/** Start and stop, one step, replay, and the speed. */
export function RunButtons({
  work,
  training,
  epochs,
  slowly,
  onSlowly,
}: {
  work: Work;
  training: Training;
  /** Epochs that a press of the first button trains. */
  epochs: number;
  slowly: boolean;
  onSlowly: (slowly: boolean) => void;
}): JSX.Element {
  const { isBusy, stop } = work;
  const steps = training.view?.now.steps ?? 0;
  const canReplay = training.hash !== undefined && steps > 0;
  const more = `Train ${epochs === 1 ? '1 epoch' : `${epochs} epochs`} more`;
  return (
    <>
      <button type="button" class="primary" onClick={() => (isBusy ? stop() : void training.start())}>
        {isBusy ? 'Stop' : steps > 0 ? more : 'Start'}
      </button>
      <button type="button" aria-disabled={isBusy} onClick={() => void training.step()}>
        One step
      </button>
      <button
        type="button"
        aria-disabled={isBusy || !canReplay}
        onClick={() => canReplay && void training.replay()}
      >
        Replay
      </button>
      <label class="check">
        <input
          type="checkbox"
          checked={slowly}
          disabled={isBusy}
          onInput={({ currentTarget }) => onSlowly(currentTarget.checked)}
        />
        Slow motion
      </label>
    </>
  );
}
