import { encodeSafetensors, type Network, tensorPlaces } from '@micronn/core';
import { useEffect, useState } from 'preact/hooks';
import { networkOfSafetensors } from './model-tensors.ts';
import { type Drawing, emptyDrawing } from './pen.ts';
import { pageWorker } from './worker/client.ts';
import type { Question } from './worker/messages.ts';

/** The networks of the site: two by the trainer, and the reader's own. */
export type NetworkId = 'ten' | 'wide' | 'yours';

/** A digit of MNIST instead of a drawing. */
export interface Sample {
  readonly image: Uint8Array;
  readonly label: number;
}

/**
 * The state that all demos of a page share: the reader's digit and the networks. The drawing and the reader's own
 * network are kept for the next page of the same tab.
 */
export interface Desk {
  readonly drawing: Drawing;
  readonly sample: Sample | undefined;
  /** The drawing or the sample as input of the network: 28 × 28 bytes. */
  readonly image: Uint8Array | undefined;
  readonly networks: Partial<Readonly<Record<NetworkId, Network>>>;
  readonly selected: NetworkId;
}

const empty: Desk = {
  drawing: emptyDrawing,
  sample: undefined,
  image: undefined,
  networks: {},
  selected: 'ten',
};

let desk = empty;
const listeners = new Set<() => void>();

function change(part: Partial<Desk>): void {
  desk = { ...desk, ...part };
  for (const listen of listeners) listen();
}

/** The current desk. The first render gets an empty one, as the built page has it. */
export function useDesk(): Desk {
  const [seen, see] = useState(empty);
  useEffect(() => {
    takeAlong();
    const listen = () => see(desk);
    listeners.add(listen);
    listen();
    return () => {
      listeners.delete(listen);
    };
  }, []);
  return seen;
}

/** Puts a drawing on the desk, and its image when the worker has computed it. */
export function draw(drawing: Drawing): void {
  const isNew = drawing.strokes !== desk.drawing.strokes;
  if (isNew && drawing.strokes.length === 0) {
    clearDesk();
    return;
  }
  change({ drawing });
  if (!isNew) return;
  change({ sample: undefined });
  keep('drawing', JSON.stringify(drawing.strokes));
  void prepare({ strokes: drawing.strokes });
}

/** Puts a digit of MNIST on the desk, with the same preprocessing as a drawing. */
export function showSample(sample: Sample): void {
  keep('drawing', '[]');
  change({ drawing: emptyDrawing, sample });
  void prepare({ ink: sample.image, width: 28, height: 28 });
}

/** Removes drawing and sample from the desk. */
export function clearDesk(): void {
  asked++;
  keep('drawing', '[]');
  change({ drawing: emptyDrawing, sample: undefined, image: undefined });
}

export function selectNetwork(selected: NetworkId): void {
  change({ selected });
}

/** Fetches a network and puts it on the desk, unless it is there already. */
export async function fetchNetwork(id: NetworkId, address: string): Promise<Network> {
  const existing = desk.networks[id];
  if (existing) return existing;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`Could not load the network: HTTP ${response.status}`);
  const network = networkOfSafetensors(new Uint8Array(await response.arrayBuffer()));
  change({ networks: { ...desk.networks, [id]: network } });
  return network;
}

/** Puts the reader's own network on the desk. Resolves when it is also stored for the next page. */
export async function putYours(network: Network): Promise<void> {
  change({ networks: { ...desk.networks, yours: network } });
  const tensors = new Map(
    tensorPlaces(network.layers).map(({ name, shape, offset, length }) => [
      name,
      { shape, values: new Float32Array(network.parameters.subarray(offset, offset + length)) },
    ]),
  );
  keep('network', await toBase64(encodeSafetensors({ tensors, metadata: {} })));
}

/** The number of the last request for an image. The answer to an older one is dropped. */
let asked = 0;

async function prepare(question: Question<'preprocess'>): Promise<void> {
  const request = ++asked;
  try {
    const { image } = await pageWorker().askLatest('preprocess', question);
    if (request === asked) change({ image });
  } catch (error) {
    // A newer drawing has replaced this one.
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

let isTaken = false;

/** Restores the desk of the previous page of this tab. */
function takeAlong(): void {
  if (isTaken) return;
  isTaken = true;
  const network = kept('network');
  if (network !== null) change({ networks: { yours: networkOfSafetensors(fromBase64(network)) } });
  const strokes = JSON.parse(kept('drawing') ?? '[]') as Drawing['strokes'];
  if (strokes.length > 0) draw({ ...emptyDrawing, strokes });
}

const PREFIX = 'micronn:';

/** Stores a text for this tab. The page works without storage that is forbidden or full. */
function keep(key: string, text: string): void {
  try {
    sessionStorage.setItem(PREFIX + key, text);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function kept(key: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + key);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/** Base64 by the browser, off the page's thread: a wide network has half a million characters. */
function toBase64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.addEventListener('load', () => {
      const address = reader.result as string;
      resolve(address.slice(address.indexOf(',') + 1));
    });
    reader.addEventListener('error', () => reject(reader.error!));
    reader.readAsDataURL(new Blob([bytes]));
  });
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
