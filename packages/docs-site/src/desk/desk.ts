import { encodeSafetensors, type Network, tensorPlaces } from '@micronn/core';
import { useEffect, useState } from 'preact/hooks';
import { networkOfSafetensors } from './model-tensors.ts';
import { type Drawing, emptyDrawing } from './pen.ts';
import { pageWorker } from './worker/client.ts';
import type { Question } from './worker/messages.ts';

/** A network by where it comes from: the two that the trainer trained for the site, and the reader's own. */
export type NetworkId = 'ten' | 'wide' | 'yours';

/** A digit of MNIST instead of a drawing. */
export interface Sample {
  readonly image: Uint8Array;
  readonly label: number;
}

/**
 * What lies on the reader's desk. All demos of a page share it, and it goes along to the next page: a digit that was
 * drawn here can be looked at there, and a network that was trained there is tried here.
 */
export interface Desk {
  readonly drawing: Drawing;
  readonly sample: Sample | undefined;
  /** Drawing or sample as the network sees it: 28 × 28 bytes. */
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

/** The desk, and again whenever something on it changes; at first an empty one, as the page was built. */
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

/** Puts a drawing on the desk, and its image as soon as the worker has made it. */
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

/** Puts a digit of MNIST on the desk, through the same preprocessing as a drawing. */
export function showSample(sample: Sample): void {
  keep('drawing', '[]');
  change({ drawing: emptyDrawing, sample });
  void prepare({ ink: sample.image, width: 28, height: 28 });
}

/** Takes drawing or sample off the desk. */
export function clearDesk(): void {
  asked++;
  keep('drawing', '[]');
  change({ drawing: emptyDrawing, sample: undefined, image: undefined });
}

export function selectNetwork(selected: NetworkId): void {
  change({ selected });
}

/** The network of this address, put on the desk; fetched once. */
export async function fetchNetwork(id: NetworkId, address: string): Promise<Network> {
  const there = desk.networks[id];
  if (there) return there;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the network did not come: ${response.status}`);
  const network = networkOfSafetensors(new Uint8Array(await response.arrayBuffer()));
  change({ networks: { ...desk.networks, [id]: network } });
  return network;
}

/** Puts the reader's own network on the desk; when the promise is kept, so is the network, for the next page. */
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

/** Which request for an image was the last: a digit may be taken away while its image is being made. */
let asked = 0;

async function prepare(question: Question<'preprocess'>): Promise<void> {
  const request = ++asked;
  try {
    const { image } = await pageWorker().askLatest('preprocess', question);
    if (request === asked) change({ image });
  } catch (error) {
    // A newer drawing has taken its place.
    if ((error as Error).name !== 'AbortError') throw error;
  }
}

let isTaken = false;

/** Takes what the reader left on another page of this tab. */
function takeAlong(): void {
  if (isTaken) return;
  isTaken = true;
  const network = kept('network');
  if (network !== null) change({ networks: { yours: networkOfSafetensors(fromBase64(network)) } });
  const strokes = JSON.parse(kept('drawing') ?? '[]') as Drawing['strokes'];
  if (strokes.length > 0) draw({ ...emptyDrawing, strokes });
}

const PREFIX = 'micronn:';

/** For this tab and as long as it is open. Where that is refused, or too much, the page goes on without. */
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

/** The browser's own base64, beside the page's thread: a wide network is half a million letters. */
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
