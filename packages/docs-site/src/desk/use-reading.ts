import type { Network } from '@micronn/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { fetchNetwork, type NetworkId, useDesk } from './desk.ts';
import type { ModelFacts } from './model-facts.ts';
import { type Reading, readImage } from './reading.ts';

/** The prediction of a network for the digit on the desk; undefined until both exist. */
export function useReading(network: Network | undefined): Reading | undefined {
  const { image } = useDesk();
  return useMemo(() => (network && image ? readImage(network, image) : undefined), [network, image]);
}

/** Fetches a network once it is wanted. Gives a sentence if that failed. */
export function useNetwork(model: ModelFacts, isWanted: boolean): string | undefined {
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (!isWanted) return;
    fetchNetwork(model.id, model.address).then(
      () => setFailure(undefined),
      (error: Error) => setFailure(`${error.message}.`),
    );
  }, [isWanted, model]);
  return failure;
}

/** The networks of the desk in the order in which demos show them. */
export function networksInOrder(
  networks: Partial<Readonly<Record<NetworkId, Network>>>,
): readonly (readonly [NetworkId, Network])[] {
  const order: readonly NetworkId[] = ['ten', 'wide', 'yours'];
  return order.flatMap((id) => (networks[id] ? [[id, networks[id]] as const] : []));
}
