import { inflateRawSync } from 'node:zlib';
import {
  compileKernels,
  createKernelMemory,
  createKernelRun,
  createKernelWorker,
  type KernelRun,
  MOST_BYTES,
  orderEpoch,
  planKernelRun,
  readState,
  restoreState,
} from '@micronn/core/shared-memory';
import {
  type Backend,
  type BackendKind,
  type MakeLists,
  type RunRequest,
  type RunSize,
  type TrainedState,
  withoutData,
} from './backend.ts';
import { setEngineFlags } from './engine-flags.ts';
import {
  createControl,
  type EvaluationSet,
  nextRunId,
  type RunMemory,
  sharedFloats,
  type TrainingPlan,
} from './memory.ts';
import { assertWithin, type MemoryLimit, type MemoryNeed } from './memory-need.ts';

setEngineFlags();

const limit: MemoryLimit = { bytes: MOST_BYTES, owner: 'a WebAssembly memory' };

/** Core's kernels: float32 in WebAssembly SIMD, with all data of a run in one shared WebAssembly memory. */
export const wasmBackend: BackendKind = {
  prepare,
  limit,
  need: (size) => needOf(size, leastBytes(size)),
  allocate,
  orderEpoch: ({ state }, places, order) => orderEpoch(state as KernelRun, places, order),
  open,
  readState: ({ state }) => readState(state as KernelRun),
  restore: ({ state }, trained: TrainedState) => restoreState(state as KernelRun, trained),
};

let compiling: Promise<WebAssembly.Module> | undefined;

/** Compiles the kernels once; the workers share the machine code. */
function compile(): Promise<WebAssembly.Module> {
  compiling ??= compileKernels({ shared: true, inflate: inflateRawSync });
  return compiling;
}

function prepare(): void {
  // `allocate` reports the error.
  compile().catch(() => undefined);
}

function leastBytes({ plan: settings, ...size }: RunSize): number {
  return planKernelRun({ ...size, settings }).bytes;
}

/** @param bytes the bytes of the whole run */
function needOf(size: RunSize, bytes: number): MemoryNeed {
  const network = leastBytes(withoutData(size));
  return { network, data: bytes - network };
}

async function allocate(request: RunRequest, makeLists: MakeLists): Promise<RunMemory> {
  const { plan: settings, train, sets, workers } = request;
  const state = await createKernelRun(
    { ...request, settings },
    {
      shared: true,
      module: compile(),
      makeLists,
      createMemory({ bytes }) {
        assertWithin(needOf(request, bytes), limit);
        return createKernelMemory(bytes, { shared: true });
      },
    },
  );
  const { memory, plan } = state;
  const { buffer } = memory;
  return {
    id: nextRunId(),
    order: new Uint32Array(buffer, plan.order, train?.count ?? 0),
    totals: sharedFloats(2),
    control: createControl(workers),
    sets: sets.map(({ samples, places }, k): EvaluationSet => {
      const at = plan.sets[k]!;
      return {
        samples,
        order: new Uint32Array(buffer, at.order, places.length),
        losses: new Float32Array(buffer, at.losses, places.length),
        predictions: new Uint16Array(buffer, at.predictions, places.length),
      };
    }),
    state,
  };
}

function open({ state }: RunMemory, _plan: TrainingPlan, worker: number): Backend {
  const run = state as KernelRun;
  const kernels = createKernelWorker(run, worker);
  return {
    ...kernels,
    evaluate(set, from, to) {
      const addresses = run.plan.sets.find(({ order }) => order === set.order.byteOffset)!;
      kernels.evaluate(addresses, from, to);
    },
  };
}
