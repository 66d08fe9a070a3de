import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { formatBytes } from '../../desk/format-number.ts';
import { type DigitFile, type Digits, fetchDigits } from './digits.ts';
import { describeMark } from './marks.ts';
import { Progress } from './Progress.tsx';
import { RunButtons } from './RunButtons.tsx';
import { type RunSettings, startSettings } from './run-settings.ts';
import { SettingsFields } from './SettingsFields.tsx';
import styles from './Train.module.css';
import { type Training, useTraining } from './use-training.ts';
import { useWork, type Work } from './use-work.ts';

/**
 * @param file the digits, fetched when the reader presses the button
 * @param drawPage address of the page where the trained network can be tried
 */
export default function Train({ file, drawPage }: { file: DigitFile; drawPage: string }): JSX.Element {
  const [digits, setDigits] = useState<Digits>();
  const [settings, setSettings] = useState<RunSettings>(startSettings);
  const [slowly, setSlowly] = useState(false);
  const work = useWork();
  const training = useTraining(work, digits, settings, slowly);

  const set = (part: Partial<RunSettings>) => {
    setSettings({ ...settings, ...part });
    if (!('epochs' in part)) training.forget();
  };
  const load = () =>
    work.run(async () => {
      work.setMessage(`Loading ${formatBytes(file.bytes)} …`);
      setDigits(await fetchDigits(file));
      work.setMessage(undefined);
    });

  return (
    <DemoFrame
      title="Train on MNIST, here"
      result={describeTraining(work, training, digits, file)}
      onReset={() => {
        setSettings(startSettings);
        setSlowly(false);
        training.forget();
      }}
      tries={[
        { text: 'Learning rate 2: too high', apply: () => set({ learningRate: 2 }) },
        { text: '128 hidden neurons with He initialisation', apply: () => set({ hidden: 128, init: 'he' }) },
        { text: 'One hidden neuron for ten digits', apply: () => set({ hidden: 1 }) },
      ]}
      more={<Outcome training={training} digits={digits} drawPage={drawPage} />}
    >
      <SettingsFields settings={settings} isDisabled={work.isBusy && digits !== undefined} onChange={set} />
      <div class={styles['buttons']}>
        {digits ? (
          <RunButtons
            work={work}
            training={training}
            epochs={settings.epochs}
            slowly={slowly}
            onSlowly={setSlowly}
          />
        ) : (
          <button type="button" class="primary" aria-disabled={work.isBusy} onClick={() => void load()}>
            Load {file.train.toLocaleString('en')} + {file.test.toLocaleString('en')} digits (
            {formatBytes(file.bytes)})
          </button>
        )}
      </div>
    </DemoFrame>
  );
}

function describeTraining(
  { message, isBusy }: Work,
  { view, replayed }: Training,
  digits: Digits | undefined,
  file: DigitFile,
): string {
  if (message !== undefined) return message;
  if (replayed !== undefined && !isBusy) return replayed;
  if (view) return describeMark(view.now, file.test);
  return digits ? 'The digits are loaded. Nothing is trained yet.' : 'No digits are loaded yet.';
}

/** The trained network's hash, with a link to try it, and the progress of the run. */
function Outcome({
  training: { hash, view },
  digits,
  drawPage,
}: {
  training: Training;
  digits: Digits | undefined;
  drawPage: string;
}): JSX.Element {
  return (
    <>
      {hash !== undefined && (
        <p class={styles['after']}>
          Your network is ready: <a href={drawPage}>draw a digit for it</a>. SHA-256 of its parameters:{' '}
          <code data-hash>{hash}</code>
        </p>
      )}
      {view && digits && <Progress view={view} labels={digits.test.labels} />}
    </>
  );
}
