import { useRef, useState } from 'preact/hooks';
import { putYours } from '../../desk/desk.ts';
import { parametersSha256 } from '../../desk/parameters-sha256.ts';
import { pageWorker } from '../../desk/worker/client.ts';
import { areDrawnDigits, type Digits } from './digits.ts';
import { createRun, type Run, type RunView } from './run.ts';
import type { RunSettings } from './run-settings.ts';
import type { Work } from './use-work.ts';

/** The run of the page. Each action starts a task of `Work`. */
export interface Training {
  readonly view: RunView | undefined;
  /** SHA-256 of the parameters, while no training is under way. */
  readonly hash: string | undefined;
  /** Outcome of a replay, in a sentence. */
  readonly replayed: string | undefined;
  /** Trains to the end of the epochs that the settings ask for. */
  readonly start: () => Promise<void>;
  readonly step: () => Promise<void>;
  /** Trains the same number of steps again from the same seed, and compares the parameters. */
  readonly replay: () => Promise<void>;
  /** Stops and drops the run. */
  readonly forget: () => void;
  /** Drops the run of other data. */
  readonly drop: () => void;
}

export function useTraining(
  work: Work,
  digits: Digits | undefined,
  settings: RunSettings,
  slowly: boolean,
): Training {
  const [view, setView] = useState<RunView>();
  const [hash, setHash] = useState<string>();
  const [replayed, setReplayed] = useState<string>();
  const run = useRef<Run>();

  async function create(signal: AbortSignal): Promise<Run> {
    const created = await createRun(pageWorker(), digits!, settings, (seen) => {
      if (!signal.aborted || run.current === created) setView(seen);
    });
    run.current = created;
    return created;
  }

  /** Trains up to a number of steps, and puts the trained network on the desk. */
  async function trainTo(goal: (view: RunView) => number, signal: AbortSignal): Promise<void> {
    setReplayed(undefined);
    const current = run.current ?? (await create(signal));
    setHash(undefined);
    await current.trainTo(goal(current.view()), { signal, slowly });
    if (run.current !== current) return;
    const { network } = current.view();
    const sha256 = await parametersSha256(network.parameters);
    // The other pages draw digits of 28 × 28; a network for other images would mislead there.
    if (areDrawnDigits(digits!) && network.parameters.every(Number.isFinite)) await putYours(network);
    if (run.current === current) setHash(sha256);
  }

  async function replay(signal: AbortSignal): Promise<void> {
    const goal = view!.now.steps;
    run.current = undefined;
    await trainTo(() => goal, signal);
    const again = run.current as Run | undefined;
    if (again?.view().now.steps !== goal) return;
    const isSame = (await parametersSha256(again.view().network.parameters)) === hash;
    setReplayed(
      isSame
        ? `Replayed ${goal.toLocaleString('en')} steps from the same seed: every parameter has the same bits.`
        : 'Replayed: the parameters differ, which is a bug.',
    );
  }

  function drop(): void {
    run.current = undefined;
    setView(undefined);
    setHash(undefined);
    setReplayed(undefined);
  }

  return {
    view,
    hash,
    replayed,
    start: () =>
      work.run((signal) =>
        trainTo(({ perEpoch, now }) => (Math.floor(now.epochs) + settings.epochs) * perEpoch, signal),
      ),
    step: () => work.run((signal) => trainTo(({ now }) => now.steps + 1, signal)),
    replay: () => work.run(replay),
    drop,
    forget() {
      work.stop();
      drop();
      work.setMessage(undefined);
    },
  };
}
