import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { formatBytes } from '../../desk/format-number.ts';
import { pageWorker } from '../../desk/worker/client.ts';
import { areDrawnDigits, type DigitFile, type Digits, fetchDigits } from './digits.ts';
import { describeMark } from './marks.ts';
import { OwnDataFields } from './OwnDataFields.tsx';
import { ownDigits } from './own-digits.ts';
import { Progress } from './Progress.tsx';
import { RunButtons } from './RunButtons.tsx';
import { type RunSettings, startSettings } from './run-settings.ts';
import { SampleStrip } from './SampleStrip.tsx';
import { SettingsFields } from './SettingsFields.tsx';
import styles from './Train.module.css';
import { type Training, useTraining } from './use-training.ts';
import { useWork, type Work } from './use-work.ts';

type OwnDataReader = Parameters<typeof OwnDataFields>[0]['onFiles'];

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
      training.drop();
      work.setMessage(undefined);
    });
  const read: OwnDataReader = (files, options) => {
    void work.run(async () => {
      work.setMessage('Reading your files …');
      const own = ownDigits(await pageWorker().ask('read', { files, options }));
      setDigits(own);
      training.drop();
      work.setMessage(undefined);
    });
  };
  const isMnist = digits !== undefined && digits.line === undefined;

  return (
    <DemoFrame
      title="Train on MNIST, here"
      result={describeTraining(work, training, digits)}
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
        {digits && !isMnist && (
          <button type="button" aria-disabled={work.isBusy} onClick={() => void load()}>
            Back to MNIST
          </button>
        )}
      </div>
      <OwnDataFields isBusy={work.isBusy} onFiles={read} />
      {digits && !isMnist && <SampleStrip data={digits} />}
    </DemoFrame>
  );
}

function describeTraining(
  { message, isBusy }: Work,
  { view, replayed }: Training,
  digits: Digits | undefined,
): string {
  if (message !== undefined) return message;
  if (replayed !== undefined && !isBusy) return replayed;
  if (view) return describeMark(view.now, digits!.test.labels.length);
  if (digits?.line !== undefined) return 'Your data is loaded. Nothing is trained yet.';
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
          Your network is ready
          {digits && areDrawnDigits(digits) && (
            <>
              : <a href={drawPage}>draw a digit for it</a>
            </>
          )}
          . SHA-256 of its parameters: <code data-hash>{hash}</code>
        </p>
      )}
      {view && digits && <Progress view={view} data={digits} />}
    </>
  );
}
