import { setFlagsFromString } from 'node:v8';
import {
  accumulateStarts,
  compileKernels,
  createKernelMemory,
  createKernelWorker,
  instantiateKernels,
  type ListLayout,
  layoutLists,
  layoutNetwork,
  type MemoryPlan,
  packParametersInto,
  planMemory,
  type SampleAddresses,
  startsCount,
  unpackParameters,
  writeNetwork,
} from '@micronn/core/kernels';
import type { Samples } from '../data/samples.ts';
import type { Backend, BackendKind, InParallel, RunRequest, TrainedState } from './backend.ts';
import {
  createControl,
  type EvaluationSet,
  nextRunId,
  type RunMemory,
  sharedFloats,
  type TrainingPlan,
} from './memory.ts';

// V8 can join two vectors of four numbers into one of eight where the processor has those. Each number is computed as
// before, so the bits stay; what a page computes, where nobody may ask for this, is the same.
setFlagsFromString('--experimental-wasm-revectorize');
// The quick compiler's code would have to be compiled again in the first epochs, by threads that training needs.
setFlagsFromString('--no-liftoff');

/** Core's kernels: float32 in WebAssembly SIMD, all of a run in one shared WebAssembly memory. */
export const wasmBackend: BackendKind = { prepare, allocate, open, readParameters, readVelocity, restore };

interface WasmState {
  readonly memory: WebAssembly.Memory;
  /** Compiled once; the workers share its machine code. */
  readonly module: WebAssembly.Module;
  readonly plan: MemoryPlan;
  readonly train: SampleAddresses | undefined;
}

let compiling: Promise<WebAssembly.Module> | undefined;

function compile(): Promise<WebAssembly.Module> {
  compiling ??= compileKernels({ shared: true });
  return compiling;
}

function prepare(): void {
  // Whoever needs the module finds out what went wrong.
  compile().catch(() => undefined);
}

async function allocate(request: RunRequest, inParallel: InParallel): Promise<RunMemory> {
  const { plan: training, parameters, train, sets, workers } = request;
  const distinct = [...new Set([...(train ? [train.samples] : []), ...sets.map(({ samples }) => samples)])];
  const parts = Math.min(workers, training.shards);
  const lists = layoutLists(layoutNetwork(training.layers, training.shards), {
    parts,
    batchSize: training.batchSize,
    trainCount: train?.count ?? 0,
  });
  const starts = await Promise.all(distinct.map((samples) => startsOf(samples, lists, inParallel)));
  const plan = planMemory({
    layers: training.layers,
    batchSize: training.batchSize,
    workers,
    parts,
    segments: training.shards,
    momentum: training.momentum,
    ...(train && { train: { count: train.count, samples: distinct.indexOf(train.samples) } }),
    samples: distinct.map(({ count }, k) => ({ count, words: starts[k]!.at(-1)! })),
    sets: sets.map(({ samples, places }) => ({ count: places.length, samples: distinct.indexOf(samples) })),
  });
  const memory = createKernelMemory(plan.bytes, { shared: true });
  const { buffer } = memory;
  for (let worker = 0; worker < workers; worker++) writeNetwork(memory, plan, worker);
  packParametersInto(
    new Float32Array(buffer, plan.parameters, plan.layout.bytes / 4),
    parameters,
    plan.layout,
  );
  await Promise.all(
    distinct.map(async (samples, k) => {
      const at = plan.samples[k]!;
      const shared = new Uint32Array(buffer, at.starts[0], starts[k]!.length);
      shared.set(starts[k]!);
      new Uint8Array(buffer, at.labels, samples.count).set(samples.labels);
      const words = new Uint16Array(buffer, at.lists, starts[k]!.at(-1));
      await inParallel('writeLists', { words, starts: shared, samples, lists }, samples.count);
    }),
  );
  const state: WasmState = {
    memory,
    module: await compile(),
    plan,
    train: train && plan.samples[distinct.indexOf(train.samples)]!,
  };
  return {
    id: nextRunId(),
    order: new Uint32Array(buffer, plan.order, train?.count ?? 0),
    totals: sharedFloats(2),
    control: createControl(workers),
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

async function startsOf(samples: Samples, lists: ListLayout, inParallel: InParallel): Promise<Uint32Array> {
  const starts = new Uint32Array(new SharedArrayBuffer(4 * startsCount(lists, samples.count)));
  await inParallel('countWords', { starts, samples, lists }, samples.count);
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
    chunkSize: plan.chunk,
    sharesRows: plan.sharesRows,
    computePartials: (chunk, part) => kernels.computePartials(chunk, part),
    computeShards: (chunk, { from, to }) => kernels.computeDeltas(chunk, from, to),
    chunkSums: (chunk) => kernels.chunkSums(chunk),
    addShards: (chunk, part) => kernels.addGradient(chunk, part),
    evaluate: (set, from, to) =>
      kernels.evaluate(plan.sets.find(({ order }) => order === set.order.byteOffset)!, from, to),
  };
}

function readParameters({ state }: RunMemory): Float64Array {
  return unpackParameters(vectorAt(state as WasmState, 'parameters'), (state as WasmState).plan.layout);
}

function readVelocity({ state }: RunMemory, { momentum }: TrainingPlan): Float64Array {
  if (momentum === 0) return new Float64Array(0);
  return unpackParameters(vectorAt(state as WasmState, 'velocity'), (state as WasmState).plan.layout);
}

function restore({ state }: RunMemory, { momentum }: TrainingPlan, trained: TrainedState): void {
  const { layout } = (state as WasmState).plan;
  packParametersInto(vectorAt(state as WasmState, 'parameters'), trained.parameters, layout);
  if (momentum !== 0) packParametersInto(vectorAt(state as WasmState, 'velocity'), trained.velocity, layout);
  const { memory, plan } = state as WasmState;
  new Uint8Array(memory.buffer, plan.gradient, plan.zeroBytes).fill(0);
}

function vectorAt({ memory, plan }: WasmState, vector: 'parameters' | 'velocity'): Float32Array {
  return new Float32Array(memory.buffer, plan[vector], plan.layout.bytes / 4);
}
