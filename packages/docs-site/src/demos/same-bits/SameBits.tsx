import type { GoldenRun } from '@micronn/fixtures';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { DemoFrame } from '../../blocks/demo-frame.tsx';
import { parametersSha256 } from '../../desk/parameters-sha256.ts';
import { parseSamples } from '../../desk/samples.ts';
import { pageWorker } from '../../desk/worker/client.ts';
import { browserName, describeBits } from './describe-bits.ts';
import styles from './SameBits.module.css';

const START = 'Nothing is trained yet.';

/**
 * @param run settings of the run, and the hash of the trainer's result
 * @param data address of the digits
 */
export default function SameBits({ run, data }: { run: GoldenRun; data: string }): JSX.Element {
  const [result, setResult] = useState(START);
  const [here, setHere] = useState<string>();

  async function train(): Promise<void> {
    setResult('Training …');
    try {
      const response = await fetch(data);
      if (!response.ok) throw new Error(`could not load the digits: HTTP ${response.status}`);
      const samples = parseSamples(new Uint8Array(await response.arrayBuffer()));
      const worker = pageWorker();
      await worker.ask('init', { settings: { ...run, layers: [784, ...run.hidden, 10] }, samples });
      const steps = run.epochs * Math.ceil(samples.labels.length / run.batchSize);
      const { network } = await worker.ask('start', { steps });
      const hash = await parametersSha256(network.parameters);
      setHere(hash);
      setResult(describeBits(browserName(navigator.userAgent), hash, run.parametersSha256));
    } catch (error) {
      setResult(`Failed: ${(error as Error).message}.`);
    }
  }

  return (
    <DemoFrame
      title="The same bits here and there"
      result={result}
      onReset={() => {
        setHere(undefined);
        setResult(START);
      }}
    >
      <div>
        <button type="button" class="primary" onClick={() => void train()}>
          Train in this browser
        </button>
      </div>
      <dl class={styles['hashes']}>
        <dt>the trainer</dt>
        <dd>
          <code>{run.parametersSha256}</code>
        </dd>
        <dt>this browser</dt>
        <dd>
          <code data-hash>{here ?? '·'}</code>
        </dd>
      </dl>
    </DemoFrame>
  );
}
