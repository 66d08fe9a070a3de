import type { Layers } from '../shapes.ts';
import { KERNEL_BYTES } from './compile.ts';
import { type KernelLayout, LINE, layoutNetwork, segmentBounds } from './layout.ts';
import { activationStep, networkBytes, type SampleAddresses } from './network.ts';
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
  /** The most samples between two meetings of the workers; a larger minibatch is worked through in chunks. */
  readonly chunk: number;
  /** The first layer goes by patches in a batch of all samples: it is shared out by samples, not by segments. */
  readonly isWhole: boolean;
  /** How the samples' lists are grouped. */
  readonly groups: readonly ListGroup[];
  /** The first layer reads rows that other workers step: all must meet before a minibatch begins, too. */
  readonly sharesRows: boolean;
  /** Bytes of the whole memory. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  /** As large as the parameters; 0 between the steps. */
  readonly gradient: number;
  /** Of the first layer, for the samples of a chunk: each segment's part of z. */
  readonly partials: number;
  /** Of each layer, likewise: what comes out of it, and dz. */
  readonly activations: readonly number[];
  readonly deltas: readonly number[];
  /** Of each layer that has them: one for each shard. */
  readonly slots: readonly number[];
  /** Of the chunk's samples: loss (f32), and whether it was a hit (u8). */
  readonly losses: number;
  readonly hits: number;
  /** Samples of an epoch, and its order, u32. */
  readonly trainCount: number;
  readonly order: number;
  /** Each worker's network; see network.ts. */
  readonly networks: readonly number[];
  readonly samples: readonly SampleAddresses[];
  readonly sets: readonly EvaluationAddresses[];
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

/** Enough that meeting costs nothing beside the work, and few enough that what the workers share stays in the cache; a sample's place fits into a byte. */
const LARGEST_CHUNK = 256;

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
  const chunk = Math.max(1, Math.min(batchSize, trainCount, LARGEST_CHUNK));
  const byPatches = layout.layers[0]!.patchBytes > 0;
  const lists = layoutLists(layout, { parts, batchSize, trainCount });
  const { groups, isWhole } = lists;
  const samples = request.samples.map(({ count, words }) => {
    const starts = place(4 * startsCount(lists, count));
    return {
      starts: groups.map(({ piecesBefore }) => starts + 4 * count * piecesBefore),
      lists: place(2 * words + LIST_SLACK_BYTES),
      labels: place(count),
    };
  });
  const placed = {
    layout,
    parts,
    chunk,
    isWhole,
    groups,
    sharesRows:
      isWhole ||
      (byPatches && segmentBounds(segments, parts).some((bound) => bound % 2 === 1 && bound < segments)),
    parameters: place(layout.bytes),
    velocity: place(momentum === 0 ? 0 : layout.bytes),
    gradient: place(layout.bytes),
    partials: place(segments * chunk * layout.layers[0]!.width),
    activations: layout.layers.map(({ width }, l) =>
      l === layout.layers.length - 1 ? 0 : place(chunk * activationStep(width)),
    ),
    deltas: layout.layers.map(({ stride, width }) => place(chunk * stride * Math.ceil(width / stride))),
    slots: layout.layers.map(({ slotBytes }) => (slotBytes === 0 ? 0 : place(segments * slotBytes))),
    losses: place(4 * chunk),
    hits: place(chunk),
    trainCount,
    order: place(4 * trainCount),
    networks: Array.from({ length: workers }, () => place(networkBytes(layout, groups.length, chunk))),
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
