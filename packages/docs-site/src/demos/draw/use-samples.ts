import { useState } from 'preact/hooks';
import { clearDesk, fetchNetwork, showSample } from '../../desk/desk.ts';
import type { ModelFacts } from '../../desk/model-facts.ts';
import { parseSamples } from '../../desk/samples.ts';
import type { Samples } from '../../desk/worker/messages.ts';
import { disagreements, nextPlace } from './compare-readings.ts';

/** Steps from one sample to the next. There are ten samples per class in order, so steps of 11 visit all of them. */
const STRIDE = 11;

/** MNIST's test digits on the desk, one after another. */
export interface SampleShow {
  /** Shows the next digit: any, or one for which the predictions of the networks differ. */
  readonly show: (next: 'any' | 'different') => Promise<void>;
  /** The reason why a digit could not be shown. */
  readonly failure: string | undefined;
  readonly reset: () => void;
}

export function useSamples(address: string, models: readonly ModelFacts[]): SampleShow {
  const [samples, setSamples] = useState<Samples>();
  const [shown, setShown] = useState(-1);
  const [failure, setFailure] = useState<string>();
  return {
    failure,
    async show(next) {
      try {
        const known = samples ?? (await fetchSamples(address));
        setSamples(known);
        let i = (shown + STRIDE) % known.labels.length;
        if (next === 'different') {
          const networks = await Promise.all(models.map((model) => fetchNetwork(model.id, model.address)));
          i = nextPlace(disagreements(known, networks), shown);
        }
        setShown(i);
        showSample({ image: known.images.slice(784 * i, 784 * (i + 1)), label: known.labels[i]! });
      } catch (error) {
        setFailure(`Failed: ${(error as Error).message}.`);
      }
    },
    reset() {
      clearDesk();
      setShown(-1);
      setFailure(undefined);
    },
  };
}

async function fetchSamples(address: string): Promise<Samples> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`could not load the digits: HTTP ${response.status}`);
  return parseSamples(new Uint8Array(await response.arrayBuffer()));
}
