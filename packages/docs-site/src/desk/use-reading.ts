import type { Network } from '@micronn/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { fetchNetwork, type NetworkId, useDesk } from './desk.ts';
import type { ModelFacts } from './model-facts.ts';
import { type Reading, readImage } from './reading.ts';

/** What the desk's digit is to a network: nothing while one of the two is not there. */
export function useReading(network: Network | undefined): Reading | undefined {
  const { image } = useDesk();
  return useMemo(() => (network && image ? readImage(network, image) : undefined), [network, image]);
}

/** Fetches a network once it is wanted; the sentence says what became of that, if it failed. */
export function useNetwork(model: ModelFacts, isWanted: boolean): string | undefined {
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    if (!isWanted) return;
    fetchNetwork(model.id, model.address).then(
      () => setTrouble(undefined),
      (error: Error) => setTrouble(`The network did not come: ${error.message}.`),
    );
  }, [isWanted, model]);
  return trouble;
}

/** The desk's networks in the order in which they are named. */
export function networksInOrder(
  networks: Partial<Readonly<Record<NetworkId, Network>>>,
): readonly (readonly [NetworkId, Network])[] {
  const order: readonly NetworkId[] = ['ten', 'wide', 'yours'];
  return order.flatMap((id) => (networks[id] ? [[id, networks[id]] as const] : []));
}
