import {
  accumulateStarts,
  compileKernels,
  createKernelMemory,
  createKernelWorker,
  instantiateKernels,
  LIST_ENTRY_BYTES,
  type MemoryPlan,
  packParametersInto,
  planMemory,
  type SampleAddresses,
  unpackParameters,
  writeNetwork,
} from '@micronn/core/kernels';
import type { Samples } from '../data/samples.ts';
import type { Backend, BackendKind, InParallel, RunRequest, TrainedState } from './backend.ts';
import {
  createControl,
  type EvaluationSet,
  type RunMemory,
  sharedFloats,
  type TrainingPlan,
} from './memory.ts';

/** Core's kernels: float32 in WebAssembly SIMD, all of a run in one shared WebAssembly memory. */
export const wasmBackend: BackendKind = { allocate, open, readParameters, readVelocity, restore };

interface WasmState {
  readonly memory: WebAssembly.Memory;
  /** Compiled once; the workers share its machine code. */
  readonly module: WebAssembly.Module;
  readonly plan: MemoryPlan;
  readonly train: SampleAddresses | undefined;
}

async function allocate(request: RunRequest, inParallel: InParallel): Promise<RunMemory> {
  const { plan: training, parameters, train, sets, workers } = request;
  const distinct = [...new Set([...(train ? [train.samples] : []), ...sets.map(({ samples }) => samples)])];
  const starts = await Promise.all(distinct.map((samples) => startsOf(samples, inParallel)));
  const plan = planMemory({
    layers: training.layers,
    shards: training.shards,
    workers,
    momentum: training.momentum,
    trainCount: train?.count ?? 0,
    samples: distinct.map(({ count }, k) => ({ count, entries: starts[k]!.at(-1)! })),
    sets: sets.map(({ samples, places }) => ({ count: places.length, samples: distinct.indexOf(samples) })),
  });
  const memory = createKernelMemory(plan.bytes, { shared: true });
  const { buffer } = memory;
  for (const network of plan.networks) writeNetwork(memory, network, plan.layout);
  packParametersInto(
    new Float32Array(buffer, plan.parameters, plan.layout.bytes / 4),
    parameters,
    training.layers,
  );
  await Promise.all(
    distinct.map(async (samples, k) => {
      const at = plan.samples[k]!;
      const shared = new Uint32Array(buffer, at.starts, starts[k]!.length);
      shared.set(starts[k]!);
      new Uint8Array(buffer, at.labels, samples.count).set(samples.labels);
      const lists = new Uint8Array(buffer, at.lists, starts[k]!.at(-1)! * LIST_ENTRY_BYTES);
      await inParallel('writeLists', { lists, starts: shared, samples }, samples.count);
    }),
  );
  const state: WasmState = {
    memory,
    module: await compileKernels({ shared: true }),
    plan,
    train: train && plan.samples[distinct.indexOf(train.samples)]!,
  };
  return {
    order: new Uint32Array(buffer, plan.order, train?.count ?? 0),
    shardSums: new Float64Array(buffer, plan.sums, 2 * training.shards),
    totals: sharedFloats(2),
    control: createControl(),
    sets: sets.map(({ samples, places }, k) => {
      const at = plan.sets[k]!;
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

function open({ state }: RunMemory, training: TrainingPlan, worker: number): Backend {
  const { memory, module, plan, train } = state as WasmState;
  const kernels = createKernelWorker(
    instantiateKernels(module, memory),
    memory,
    plan,
    worker,
    train,
    training,
  );
  return {
    sumShard: (shard, from, to) => kernels.sumShard(shard, from, to),
    reduceAndStep: (m, part, parts) => kernels.reduceAndStep(m, part, parts),
    evaluate: (set, from, to) =>
      kernels.evaluate(plan.sets.find(({ order }) => order === set.order.byteOffset)!, from, to),
  };
}

function readParameters({ state }: RunMemory, layers: readonly number[]): Float64Array {
  return unpackParameters(vectorAt(state as WasmState, 'parameters'), layers);
}

function readVelocity({ state }: RunMemory, { layers, momentum }: TrainingPlan): Float64Array {
  if (momentum === 0) return new Float64Array(0);
  return unpackParameters(vectorAt(state as WasmState, 'velocity'), layers);
}

function restore({ state }: RunMemory, { layers, momentum }: TrainingPlan, trained: TrainedState): void {
  packParametersInto(vectorAt(state as WasmState, 'parameters'), trained.parameters, layers);
  if (momentum !== 0) packParametersInto(vectorAt(state as WasmState, 'velocity'), trained.velocity, layers);
}

function vectorAt({ memory, plan }: WasmState, vector: 'parameters' | 'velocity'): Float32Array {
  return new Float32Array(memory.buffer, plan[vector], plan.layout.bytes / 4);
}
