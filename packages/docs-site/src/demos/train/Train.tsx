import type { Initialization } from '@micronn/core';
import { layerViews } from '@micronn/core';
import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { NumberField, NumberInput } from '../../blocks/number-field.tsx';
import { PixelImage } from '../../blocks/pixel-image.tsx';
import { Plot } from '../../blocks/plot.tsx';
import { Num } from '../../blocks/quantity.tsx';
import { putYours } from '../../desk/desk.ts';
import { formatBytes, formatNumber, formatPercent, formatRate } from '../../desk/format-number.ts';
import { parametersSha256 } from '../../desk/parameters-sha256.ts';
import { pageWorker } from '../../desk/worker/client.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { confusionOf } from './confusion.ts';
import { type Digits, splitDigits } from './digits.ts';
import { curveOf, describeMark, lossDomain } from './marks.ts';
import { createRun, type Run, type RunView } from './run.ts';
import { limits, type RunSettings, startSettings } from './run-settings.ts';
import styles from './Train.module.css';

/** The page's digits, before they are fetched. */
export interface DigitFile {
  readonly address: string;
  readonly bytes: number;
  readonly train: number;
  readonly test: number;
}

/** Hidden neurons whose weights are shown. */
const SHOWN = 32;

const inits: readonly (readonly [Initialization, string])[] = [
  ['uniform', 'uniform, as in the tutorial'],
  ['he', 'He'],
  ['glorot', 'Glorot'],
];

/**
 * @param file what to train on, fetched when the reader says so
 * @param drawPage where the trained network can be tried
 */
export default function Train({ file, drawPage }: { file: DigitFile; drawPage: string }): JSX.Element {
  const id = useId();
  const [digits, setDigits] = useState<Digits>();
  const [settings, setSettings] = useState<RunSettings>(startSettings);
  const [view, setView] = useState<RunView>();
  const [hash, setHash] = useState<string>();
  const [replayed, setReplayed] = useState<string>();
  const [slowly, setSlowly] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [message, setMessage] = useState<string>();
  const run = useRef<Run>();
  const stop = useRef<AbortController>();

  const set = (part: Partial<RunSettings>) => {
    setSettings({ ...settings, ...part });
    if (!('epochs' in part)) forget();
  };

  function forget(): void {
    stop.current?.abort();
    run.current = undefined;
    setView(undefined);
    setHash(undefined);
    setReplayed(undefined);
    setMessage(undefined);
  }

  /** Does some work that may take a while: no second one begins meanwhile, and what goes wrong is said. */
  async function work(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (isBusy) return;
    const controller = new AbortController();
    stop.current = controller;
    setBusy(true);
    setMessage(undefined);
    try {
      await task(controller.signal);
    } catch (error) {
      setMessage(`It did not work: ${(error as Error).message}.`);
    } finally {
      setBusy(false);
    }
  }

  const load = () =>
    work(async () => {
      setMessage(`Loading ${formatBytes(file.bytes)} …`);
      const response = await fetch(file.address);
      if (!response.ok || !response.body) throw new Error(`the digits did not come: ${response.status}`);
      const whole = new Response(response.body.pipeThrough(new DecompressionStream('gzip')));
      setDigits(splitDigits(new Uint8Array(await whole.arrayBuffer()), file.train));
      setMessage(undefined);
    });

  async function layOut(signal: AbortSignal): Promise<Run> {
    const laidOut = await createRun(pageWorker(), digits!, settings, (seen) => {
      if (!signal.aborted || run.current === laidOut) setView(seen);
    });
    run.current = laidOut;
    return laidOut;
  }

  /** Trains up to a number of steps, and puts what comes of it on the desk. */
  async function trainTo(goal: (run: Run) => number, signal: AbortSignal): Promise<void> {
    setReplayed(undefined);
    const current = run.current ?? (await layOut(signal));
    setHash(undefined);
    await current.trainTo(goal(current), { signal, slowly });
    if (run.current !== current) return;
    const { network } = current.view();
    const sha256 = await parametersSha256(network.parameters);
    if (network.parameters.every(Number.isFinite)) await putYours(network);
    if (run.current === current) setHash(sha256);
  }

  const start = () =>
    work((signal) =>
      trainTo((current) => {
        const { perEpoch, now } = current.view();
        return (Math.floor(now.epochs) + settings.epochs) * perEpoch;
      }, signal),
    );
  const step = () => work((signal) => trainTo((current) => current.view().now.steps + 1, signal));
  const replay = () =>
    work(async (signal) => {
      const goal = view!.now.steps;
      const before = hash;
      run.current = undefined;
      await trainTo(() => goal, signal);
      const again = run.current as Run | undefined;
      if (!again || again.view().now.steps !== goal) return;
      const after = await parametersSha256(again.view().network.parameters);
      setReplayed(
        after === before
          ? `Replayed ${goal.toLocaleString('en')} steps from the same seed: every parameter has the same bits again.`
          : 'Replayed, and the parameters differ. That should not be.',
      );
    });

  const isRunning = isBusy && digits !== undefined;
  const steps = view?.now.steps ?? 0;
  const result =
    message ??
    (replayed && !isBusy ? replayed : undefined) ??
    (view
      ? describeMark(view.now, file.test)
      : digits
        ? 'The digits are here. Nothing has been trained yet.'
        : 'Nothing has been loaded yet.');

  return (
    <DemoFrame
      title="Train on MNIST, here"
      result={result}
      onReset={() => {
        setSettings(startSettings);
        setSlowly(false);
        forget();
      }}
      tries={[
        { text: 'Learning rate 2: too much', apply: () => set({ learningRate: 2 }) },
        { text: '128 hidden neurons from He’s start', apply: () => set({ hidden: 128, init: 'he' }) },
        { text: 'One hidden neuron for ten digits', apply: () => set({ hidden: 1 }) },
      ]}
      more={
        <>
          {hash !== undefined && (
            <p class={styles['after']}>
              Your network is ready: <a href={drawPage}>draw a digit for it</a>. SHA-256 of its parameters:{' '}
              <code data-hash>{hash}</code>
            </p>
          )}
          {view && <Progress view={view} labels={digits!.test.labels} />}
        </>
      }
    >
      <fieldset class={styles['settings']} disabled={isRunning} aria-label="Settings of the run">
        <div class={styles['field']}>
          <label for={`${id}-seed`}>Seed</label>
          <NumberInput
            id={`${id}-seed`}
            value={settings.seed}
            min={0}
            max={2 ** 32 - 1}
            step={1}
            onChange={(seed) => set({ seed: Math.round(seed) })}
          />
          <button type="button" onClick={() => set({ seed: (settings.seed + 1) % 2 ** 32 })}>
            Next seed
          </button>
        </div>
        <div class={styles['field']}>
          <label for={`${id}-init`}>Start values</label>
          <select
            id={`${id}-init`}
            value={settings.init}
            onInput={({ currentTarget }) => set({ init: currentTarget.value as Initialization })}
          >
            {inits.map(([init, words]) => (
              <option key={init} value={init}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <NumberField
          label="Hidden neurons"
          value={settings.hidden}
          min={limits.hidden[0]}
          max={limits.hidden[1]}
          step={1}
          decimals={0}
          onChange={(hidden) => set({ hidden: Math.round(hidden) })}
        />
        <NumberField
          label="Batch size"
          value={settings.batchSize}
          min={limits.batchSize[0]}
          max={limits.batchSize[1]}
          step={1}
          decimals={0}
          onChange={(batchSize) => set({ batchSize: Math.round(batchSize) })}
        />
        <NumberField
          label="Learning rate"
          value={settings.learningRate}
          min={limits.learningRate[0]}
          max={limits.learningRate[1]}
          step={0.01}
          onChange={(learningRate) => set({ learningRate })}
        />
        <NumberField
          label="Epochs"
          value={settings.epochs}
          min={limits.epochs[0]}
          max={limits.epochs[1]}
          step={1}
          decimals={0}
          onChange={(epochs) => set({ epochs: Math.round(epochs) })}
        />
      </fieldset>
      <div class={styles['buttons']}>
        {digits ? (
          <>
            <button
              type="button"
              class="primary"
              onClick={() => (isBusy ? stop.current?.abort() : void start())}
            >
              {isBusy ? 'Stop' : steps > 0 ? `Train ${epochCount(settings.epochs)} more` : 'Start'}
            </button>
            <button type="button" aria-disabled={isBusy} onClick={() => void step()}>
              One step
            </button>
            <button
              type="button"
              aria-disabled={isBusy || hash === undefined || steps === 0}
              onClick={() => hash !== undefined && steps > 0 && void replay()}
            >
              Replay
            </button>
            <label class="check">
              <input
                type="checkbox"
                checked={slowly}
                disabled={isBusy}
                onInput={({ currentTarget }) => setSlowly(currentTarget.checked)}
              />
              Slowly, to watch
            </label>
          </>
        ) : (
          <button type="button" class="primary" aria-disabled={isBusy} onClick={() => void load()}>
            Load {file.train.toLocaleString('en')} + {file.test.toLocaleString('en')} digits (
            {formatBytes(file.bytes)})
          </button>
        )}
      </div>
    </DemoFrame>
  );
}

function epochCount(count: number): string {
  return count === 1 ? '1 epoch' : `${count} epochs`;
}

/** Numbers, curves, weights and mistakes of a run. */
function Progress({ view, labels }: { view: RunView; labels: Uint8Array }): JSX.Element {
  const { marks, now, predictions, perSecond } = view;
  const x = { label: 'epochs', domain: [0, Math.max(1, Math.ceil(now.epochs))] as const };
  const { rows: counts, wrong, worst } = confusionOf(predictions, labels);
  const facts: readonly (readonly [string, JSX.Element | string])[] = [
    ['epochs', formatNumber(now.epochs, 2)],
    ['steps', now.steps.toLocaleString('en')],
    [
      'loss, test',
      <Num value={now.testLoss} of="loss">
        {formatNumber(now.testLoss, 4)}
      </Num>,
    ],
    [
      'right, test',
      <Num value={now.testAccuracy} of="a2">
        {formatPercent(now.testAccuracy)}
      </Num>,
    ],
    ['images a second', perSecond === undefined ? '–' : formatRate(perSecond)],
  ];
  return (
    <>
      <dl class={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-fact={name}>{value}</dd>
          </div>
        ))}
      </dl>
      <div class={styles['plots']}>
        <Plot
          height={220}
          x={x}
          y={{ label: 'loss', domain: lossDomain(marks), ticks: 4 }}
          series={[
            { kind: 'line', of: 'loss', label: 'loss, training', points: curveOf(marks, 'trainLoss') },
            {
              kind: 'line',
              of: 'loss',
              label: 'loss, test',
              dashed: true,
              points: curveOf(marks, 'testLoss'),
            },
          ]}
          description={`The loss over ${formatNumber(now.epochs, 1)} epochs: on the test images it fell from ${formatNumber(marks[0]!.testLoss, 3)} to ${formatNumber(now.testLoss, 3)}.`}
        />
        <Plot
          height={220}
          x={x}
          y={{ label: 'share right', domain: [0, 1], ticks: 5 }}
          series={[
            { kind: 'line', of: 'a2', label: 'right, training', points: curveOf(marks, 'trainAccuracy') },
            {
              kind: 'line',
              of: 'a2',
              label: 'right, test',
              dashed: true,
              points: curveOf(marks, 'testAccuracy'),
            },
          ]}
          description={`The share of right answers over ${formatNumber(now.epochs, 1)} epochs: on the test images it went from ${formatPercent(marks[0]!.testAccuracy)} to ${formatPercent(now.testAccuracy)}.`}
        />
      </div>
      <Weights view={view} />
      <div class={styles['confusion']}>
        <ConfusionTable rows={counts} />
        <p class="note">
          {wrong === 0
            ? 'No test image is misread.'
            : `${wrong} of ${labels.length.toLocaleString('en')} are misread; most often a ${worst!.was} as a ${worst!.readAs}, ${worst!.count} times.`}
        </p>
      </div>
    </>
  );
}

/** The hidden neurons' weights as images, or what training has made of them. */
function Weights({ view: { network, untrained } }: { view: RunView }): JSX.Element {
  const name = useId();
  const [isChange, setIsChange] = useState(false);
  const { W, outputs, inputs } = layerViews(network.parameters, network.layers)[0]!;
  const before = layerViews(untrained.parameters, untrained.layers)[0]!.W;
  const values = isChange ? W.map((weight, k) => weight - before[k]!) : W;
  const option = (value: boolean, words: string) => (
    <label>
      <input type="radio" name={name} checked={isChange === value} onInput={() => setIsChange(value)} />{' '}
      {words}
    </label>
  );
  return (
    <div>
      <fieldset class={styles['choice']}>
        <legend class="label">
          Weights of the hidden neurons{outputs > SHOWN && `, the first ${SHOWN} of ${outputs}`}
        </legend>
        {option(false, 'as they are')}
        {option(true, 'what training has changed')}
      </fieldset>
      <div class={styles['weights']}>
        {Array.from({ length: Math.min(outputs, SHOWN) }, (_, j) => (
          <PixelImage
            key={j}
            of="W1"
            values={values.subarray(j * inputs, (j + 1) * inputs)}
            description={`${isChange ? 'Changes of the weights' : 'Weights'} of hidden neuron ${j}`}
          />
        ))}
      </div>
    </div>
  );
}
