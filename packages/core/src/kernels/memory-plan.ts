import type { Layers } from '../shapes.ts';
import { KERNEL_BYTES } from './compile.ts';
import { type KernelLayout, LINE, layoutNetwork, segmentBounds } from './layout.ts';
import { activationStep, byRowBytes, networkBytes, type SampleAddresses } from './network.ts';
import { LIST_SLACK_BYTES, type ListGroup, layoutLists, startsCount } from './sample-lists.ts';

/** What a run of the kernels needs memory for. */
export interface MemoryRequest {
  readonly layers: Layers;
  readonly batchSize: number;
  /** Workers that compute at once. */
  readonly workers: number;
  /** How many of them train; each owns a part of the parameters. At most as many as there are segments. */
  readonly parts: number;
  /** Into how many segments the first layer is cut; the last bits of the result depend on it. */
  readonly segments: number;
  readonly momentum: number;
  /** What is trained on: how many samples an epoch has, and of which of `samples`; left out where nothing is trained. */
  readonly train?: { readonly count: number; readonly samples: number };
  /** Every set of samples there is: how many, and how many words their lists have. */
  readonly samples: readonly { readonly count: number; readonly words: number }[];
  /** What is evaluated: how many samples, and of which of `samples`. */
  readonly sets: readonly { readonly count: number; readonly samples: number }[];
}

/** Where everything of a run lies in its memory, in bytes; every address is a multiple of 64. */
export interface MemoryPlan {
  readonly layout: KernelLayout;
  readonly parts: number;
  /** How the samples' lists are grouped. */
  readonly groups: readonly ListGroup[];
  /** The first layer is shared out by samples, not by segments; see {@link ListLayout}. */
  readonly bySamples: boolean;
  /** The most samples between two meetings of the workers; a larger minibatch is worked through in chunks. */
  readonly chunk: number;
  /** The most samples of a pass: a chunk, or what a worker takes of it at a time. */
  readonly passSize: number;
  /** The first layer reads rows that other workers step: all must meet before a minibatch begins, too. */
  readonly sharesRows: boolean;
  /** Bytes of the whole memory. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  /** As large as the parameters, or a slot of that size for each shard. */
  readonly gradient: number;
  /** Of each row of the first layer, where it goes by pixels: a byte of each sample of a pass. */
  readonly byRow: number;
  /** So many bytes, gradient and byRow, are 0 between the steps. */
  readonly zeroBytes: number;
  /** Of each worker. They share one, unless it is by samples. */
  readonly passes: readonly PassAddresses[];
  /** Of each shard, where it is by samples: sum of the losses, and hits; f64. */
  readonly shardSums: number;
  /** Samples of an epoch, and its order, u32. */
  readonly trainCount: number;
  readonly order: number;
  /** Each worker's network; see network.ts. */
  readonly networks: readonly number[];
  readonly samples: readonly SampleAddresses[];
  readonly sets: readonly EvaluationAddresses[];
}

/** Where what is kept of the samples lies that pass through the network together, in bytes. */
export interface PassAddresses {
  /** Of the first layer: each segment's part of z. */
  readonly partials: number;
  /** Of each layer: what comes out of it, and dz. */
  readonly activations: readonly number[];
  readonly deltas: readonly number[];
  /** Of each layer that has them: one for each shard. */
  readonly slots: readonly number[];
  /** Of each sample: loss (f32), and whether it was a hit (u8). */
  readonly losses: number;
  readonly hits: number;
}

/** Where a set to evaluate lies, in bytes: which samples, and what the evaluation leaves. */
export interface EvaluationAddresses {
  readonly samples: SampleAddresses;
  /** u32 per sample. */
  readonly order: number;
  /** f32 per sample. */
  readonly losses: number;
  /** u8 per sample. */
  readonly predictions: number;
}

/** Enough that meeting costs nothing beside the work, and few enough that what is kept of them stays in the cache; a sample's place fits into a byte. */
const LARGEST_PASS = 256;

/** Settles every address before the memory is made, so that it has its size from the first moment. */
export function planMemory(request: MemoryRequest): MemoryPlan {
  const { layers, batchSize, workers, parts, segments, momentum, train } = request;
  const layout = layoutNetwork(layers, segments);
  let end = KERNEL_BYTES;
  const place = (bytes: number): number => {
    const address = end;
    end = LINE * Math.ceil((address + bytes) / LINE);
    return address;
  };
  const trainCount = train?.count ?? 0;
  const lists = layoutLists(layout, { parts, batchSize, trainCount });
  const { groups, bySamples } = lists;
  const batch = Math.max(1, Math.min(batchSize, trainCount));
  const passSize = Math.min(batch, LARGEST_PASS);
  const placePass = (): PassAddresses => ({
    partials: place(segments * passSize * layout.layers[0]!.width),
    activations: layout.layers.map(({ width }, l) =>
      l === layout.layers.length - 1 ? 0 : place(passSize * activationStep(width)),
    ),
    deltas: layout.layers.map(({ stride, width }) => place(passSize * stride * Math.ceil(width / stride))),
    slots: layout.layers.map(({ slotBytes }) =>
      slotBytes === 0 || bySamples ? 0 : place(segments * slotBytes),
    ),
    losses: place(4 * passSize),
    hits: place(passSize),
  });
  const placePasses = (): PassAddresses[] => {
    if (bySamples) return Array.from({ length: workers }, placePass);
    const pass = placePass();
    return Array.from({ length: workers }, () => pass);
  };
  const samples = request.samples.map(({ count, words }) => {
    const starts = place(4 * startsCount(lists, count));
    return {
      starts: groups.map(({ piecesBefore }) => starts + 4 * count * piecesBefore),
      lists: place(2 * words + LIST_SLACK_BYTES),
      labels: place(count),
    };
  });
  const gradientBytes = layout.bytes * (bySamples ? segments : 1);
  const rowsBytes = byRowBytes(layout, passSize);
  const placed = {
    layout,
    parts,
    groups,
    bySamples,
    chunk: bySamples ? batch : passSize,
    passSize,
    sharesRows:
      !bySamples &&
      layout.layers[0]!.patchBytes > 0 &&
      segmentBounds(segments, parts).some((bound) => bound % 2 === 1 && bound < segments),
    parameters: place(layout.bytes),
    velocity: place(momentum === 0 ? 0 : layout.bytes),
    gradient: place(gradientBytes),
    byRow: place(rowsBytes),
    zeroBytes: gradientBytes + rowsBytes,
    passes: placePasses(),
    shardSums: place(bySamples ? 2 * 8 * segments : 0),
    trainCount,
    order: place(4 * trainCount),
    networks: Array.from({ length: workers }, () => place(networkBytes(layout, groups.length, passSize))),
    samples,
    sets: request.sets.map((set) => ({
      samples: samples[set.samples]!,
      order: place(4 * set.count),
      losses: place(4 * set.count),
      predictions: place(set.count),
    })),
  };
  return { ...placed, bytes: end };
}
