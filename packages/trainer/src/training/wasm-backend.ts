import {
  accumulateStarts,
  compileKernels,
  createKernelMemory,
  instantiateKernels,
  LIST_ENTRY_BYTES,
  LIST_SLACK_BYTES,
  layoutNetwork,
  networkBytes,
  packParametersInto,
  type SampleAddresses,
  selectSamples,
  unpackParameters,
  writeNetwork,
} from '@micronn/core/kernels';
import type { Samples } from '../data/samples.ts';
import type { Backend, BackendKind, InParallel, RunRequest } from './backend.ts';
import {
  createControl,
  type EvaluationSet,
  type RunMemory,
  sharedFloats,
  type TrainingPlan,
} from './memory.ts';
import { evenRange } from './shards.ts';

/** Core's kernels: float32 in WebAssembly SIMD, all of a run in one shared WebAssembly memory. */
export const wasmBackend: BackendKind = { allocate, open, readParameters };

interface WasmState {
  readonly memory: WebAssembly.Memory;
  /** Compiled once; the workers share its machine code. */
  readonly module: WebAssembly.Module;
  /** Bytes of a vector of parameters, and of a shard's slot. */
  readonly bytes: number;
  readonly parameters: number;
  readonly velocity: number;
  readonly slots: number;
  readonly flags: number;
  readonly flagBytes: number;
  readonly sums: number;
  readonly order: number;
  /** Description and buffers of each worker's network. */
  readonly networks: readonly number[];
  readonly train: SampleAddresses | undefined;
  readonly sets: readonly WasmSet[];
}

interface WasmSet {
  readonly samples: SampleAddresses;
  readonly order: number;
  readonly losses: number;
  readonly predictions: number;
}

/** From this width on, a row that no sample touched is worth asking for before it is added. */
const FLAGGED_WIDTH = 128;
const LINE = 64;

async function allocate(request: RunRequest, inParallel: InParallel): Promise<RunMemory> {
  const { plan, parameters, train, sets, workers } = request;
  const layout = layoutNetwork(plan.layers);
  const distinct = [...new Set([...(train ? [train.samples] : []), ...sets.map(({ samples }) => samples)])];
  const starts = await Promise.all(distinct.map((samples) => startsOf(samples, inParallel)));

  // Every address is settled before the memory is made, so that it has its size from the first moment.
  let end = LINE;
  const place = (bytes: number): number => {
    const address = end;
    end = LINE * Math.ceil((address + bytes) / LINE);
    return address;
  };
  const sampleAddresses = new Map<Samples, SampleAddresses>();
  for (const [k, samples] of distinct.entries()) {
    sampleAddresses.set(samples, {
      starts: place(starts[k]!.byteLength),
      lists: place(starts[k]!.at(-1)! * LIST_ENTRY_BYTES + LIST_SLACK_BYTES),
      labels: place(samples.count),
    });
  }
  const flagBytes = LINE * Math.ceil(plan.layers[0]! / LINE);
  const order = place(4 * (train?.count ?? 0));
  const addresses = {
    bytes: layout.bytes,
    parameters: place(layout.bytes),
    velocity: place(plan.momentum === 0 ? 0 : layout.bytes),
    slots: place(layout.bytes * plan.shards),
    flags: place(flagBytes * plan.shards),
    flagBytes,
    sums: place(16 * plan.shards),
    order,
    networks: Array.from({ length: workers }, () => place(networkBytes(layout))),
  };
  const wasmSets = sets.map(({ samples, places }) => ({
    samples: sampleAddresses.get(samples)!,
    order: place(4 * places.length),
    losses: place(4 * places.length),
    predictions: place(places.length),
  }));

  const memory = createKernelMemory(end, { shared: true });
  const { buffer } = memory;
  for (const network of addresses.networks) writeNetwork(memory, network, layout);
  packParametersInto(
    new Float32Array(buffer, addresses.parameters, layout.bytes / 4),
    parameters,
    plan.layers,
  );
  await Promise.all(
    distinct.map(async (samples, k) => {
      const at = sampleAddresses.get(samples)!;
      const shared = new Uint32Array(buffer, at.starts, starts[k]!.length);
      shared.set(starts[k]!);
      new Uint8Array(buffer, at.labels, samples.count).set(samples.labels);
      const lists = new Uint8Array(buffer, at.lists, starts[k]!.at(-1)! * LIST_ENTRY_BYTES);
      await inParallel('writeLists', { lists, starts: shared, samples }, samples.count);
    }),
  );
  const state: WasmState = {
    ...addresses,
    memory,
    module: await compileKernels({ shared: true }),
    train: train && sampleAddresses.get(train.samples)!,
    sets: wasmSets,
  };
  return {
    order: new Uint32Array(buffer, order, train?.count ?? 0),
    shardSums: new Float64Array(buffer, addresses.sums, 2 * plan.shards),
    totals: sharedFloats(2),
    control: createControl(),
    sets: sets.map(({ samples, places }, k) => {
      const at = wasmSets[k]!;
      const set: EvaluationSet = {
        samples,
        order: new Uint32Array(buffer, at.order, places.length),
        losses: new Float32Array(buffer, at.losses, places.length),
        predictions: new Uint8Array(buffer, at.predictions, places.length),
      };
      set.order.set(places);
      return set;
    }),
    state,
  };
}

async function startsOf(samples: Samples, inParallel: InParallel): Promise<Uint32Array> {
  const starts = new Uint32Array(new SharedArrayBuffer(4 * (samples.count + 1)));
  await inParallel('countEntries', { counts: starts, samples }, samples.count);
  accumulateStarts(starts);
  return starts;
}

function open({ state }: RunMemory, plan: TrainingPlan, worker: number): Backend {
  const at = state as WasmState;
  const kernels = instantiateKernels(at.module, at.memory);
  const network = at.networks[worker]!;
  const { shards, learningRate, momentum } = plan;
  const [first] = layoutNetwork(plan.layers).layers;
  const { inputs, stride, width, biases } = first!;
  const flagged = width >= FLAGGED_WIDTH;
  if (at.train) selectSamples(at.memory, network, at.train);

  return {
    sumShard(shard, from, to) {
      kernels.sumShard(
        network,
        at.parameters,
        at.slots + shard * at.bytes,
        flagged ? at.flags + shard * at.flagBytes : 0,
        at.order,
        from,
        to,
        at.sums + 16 * shard,
      );
    },
    reduceAndStep(m, part, parts) {
      // Wide rows of the first layer one by one, as many of them were not touched; the rest in one go.
      const begin = flagged ? biases : 0;
      if (flagged) {
        const rows = evenRange(inputs, parts, part);
        kernels.reduceAndStepRows(
          at.parameters,
          at.velocity,
          at.slots,
          at.bytes,
          at.flags,
          at.flagBytes,
          shards,
          stride,
          width,
          rows.from,
          rows.to,
          m,
          learningRate,
          momentum,
        );
      }
      // In whole cache lines, so that no two workers write to one.
      const lines = evenRange(Math.ceil((at.bytes - begin) / LINE), parts, part);
      const from = begin + lines.from * LINE;
      const to = Math.min(begin + lines.to * LINE, at.bytes);
      kernels.reduceAndStep(
        at.parameters,
        at.velocity,
        at.slots,
        at.bytes,
        shards,
        from,
        to,
        m,
        learningRate,
        momentum,
      );
    },
    evaluate(set, from, to) {
      const wasmSet = at.sets.find(({ order }) => order === set.order.byteOffset)!;
      selectSamples(at.memory, network, wasmSet.samples);
      kernels.evaluate(network, at.parameters, wasmSet.order, from, to, wasmSet.losses, wasmSet.predictions);
    },
  };
}

function readParameters({ state }: RunMemory, layers: readonly number[]): Float64Array {
  const { memory, parameters, bytes } = state as WasmState;
  return unpackParameters(new Float32Array(memory.buffer, parameters, bytes / 4), layers);
}
