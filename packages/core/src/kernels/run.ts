import { createKernelMemory } from './compile.ts';
import { writeNetwork } from './describe.ts';
import type { Labels } from './labels.ts';
import { layoutNetwork, packParametersInto, unpackParameters } from './layout.ts';
import { accumulateStarts, type ListLayout, type ListTask, layoutLists, startsCount } from './lists.ts';
import { type KernelSettings, type MemoryPlan, planMemory } from './plan.ts';

/** The samples of a run: a label for each. Their images are read by the `makeLists` of the setup alone. */
export interface KernelSamples {
  readonly labels: Labels;
}

/** What a run is created from. */
export interface RunRequest<Samples extends KernelSamples = KernelSamples> {
  readonly settings: KernelSettings;
  /** The first parameters, in canonical order. */
  readonly parameters: Float64Array;
  /** The training set and its number of samples in an epoch; left out to evaluate only. */
  readonly train?: { readonly samples: Samples; readonly count: number };
  /** The sets to evaluate: samples, and the numbers of those to evaluate. */
  readonly sets: readonly { readonly samples: Samples; readonly places: Uint32Array }[];
  /** The largest number of workers that compute at the same time. */
  readonly workers: number;
}

/**
 * A run: its memory, the compiled kernels, and the plan of the memory. If the memory is shared, a run can be posted
 * to workers.
 */
export interface KernelRun {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly plan: MemoryPlan;
}

/** How a run is created. */
export interface RunSetup<Samples extends KernelSamples> {
  /** Whether threads share the run's memory. */
  readonly shared: boolean;
  /** The kernels, compiled for such memory. */
  readonly module: Promise<WebAssembly.Module>;
  /** Calls `makeLists` for all images of the samples, on one thread or many. */
  readonly makeLists: (task: ListTask, samples: Samples) => Promise<void> | void;
  /** Creates the memory of a plan; by default with `createKernelMemory`. */
  readonly createMemory?: (plan: MemoryPlan) => WebAssembly.Memory;
}

/** The sets of samples of a run, each once. */
function distinctSamples<Samples extends KernelSamples>({
  train,
  sets,
}: Pick<RunRequest<Samples>, 'train' | 'sets'>): Samples[] {
  return [...new Set([...(train ? [train.samples] : []), ...sets.map(({ samples }) => samples)])];
}

/**
 * Plans the memory of a run by arithmetic alone.
 *
 * @param words the number of words of the lists of each distinct set of samples, training set first; by default 0, which
 *   gives the least that the run can need, without a look at the images
 * @throws ShapeError as `layoutNetwork` does
 */
export function planKernelRun(
  { settings, train, sets, workers }: Omit<RunRequest, 'parameters'>,
  words: readonly number[] = [],
): MemoryPlan {
  const distinct = distinctSamples({ ...(train && { train }), sets });
  const layout = layoutNetwork(settings.layers, settings.shards);
  return planMemory(
    {
      settings,
      workers,
      ...(train && { train: { count: train.count, samples: distinct.indexOf(train.samples) } }),
      samples: distinct.map(({ labels }, k) => ({ count: labels.length, words: words[k] ?? 0 })),
      sets: sets.map((set) => ({ count: set.places.length, samples: distinct.indexOf(set.samples) })),
    },
    layoutLists(layout, settings.parallel, Math.min(workers, settings.shards)),
  );
}

/**
 * Creates a run: plans its memory, and writes parameters, samples and each worker's description to it. No worker may
 * compute before the promise resolves.
 */
export async function createKernelRun<Samples extends KernelSamples>(
  request: RunRequest<Samples>,
  setup: RunSetup<Samples>,
): Promise<KernelRun> {
  const { parameters, sets, workers } = request;
  const { shared, createMemory = ({ bytes }) => createKernelMemory(bytes, { shared }) } = setup;
  const distinct = distinctSamples(request);
  const { lists, layout } = planKernelRun(request);
  const module = await setup.module;
  const task = { module, shared, lists };
  const counted = await Promise.all(
    distinct.map(async (samples) => {
      const starts = createStarts(lists, samples.labels.length, shared);
      await setup.makeLists({ ...task, starts }, samples);
      return { starts, words: accumulateStarts(starts) };
    }),
  );
  const plan = planKernelRun(
    request,
    counted.map(({ words }) => words),
  );
  const memory = createMemory(plan);
  const { buffer } = memory;
  for (let worker = 0; worker < workers; worker++) writeNetwork(memory, plan, worker);
  packParametersInto(vectorOf({ memory, plan }, 'parameters'), parameters, layout);
  for (const [k, { places }] of sets.entries()) {
    new Uint32Array(buffer, plan.sets[k]!.order, places.length).set(places);
  }
  await Promise.all(
    distinct.map(async (samples, k) => {
      const at = plan.samples[k]!;
      const { starts: before, words: count } = counted[k]!;
      const starts = new Uint32Array(buffer, at.starts[0], before.length);
      starts.set(before);
      new Uint16Array(buffer, at.labels, samples.labels.length).set(samples.labels);
      const words = new Uint16Array(buffer, at.lists, count);
      await setup.makeLists({ ...task, starts, words }, samples);
    }),
  );
  return { memory, module, plan };
}

/** Room for the starts of so many samples' lists. */
function createStarts(lists: ListLayout, samples: number, shared: boolean): Uint32Array {
  const bytes = 4 * startsCount(lists, samples);
  return new Uint32Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
}

/** All state that a step changes and the next step needs, in canonical order; each number is a float32. */
export interface TrainedState {
  readonly parameters: Float64Array;
  /** Empty without momentum. */
  readonly velocity: Float64Array;
}

/** Reads the current parameters and velocity; only while no worker computes. */
export function readState(run: Pick<KernelRun, 'memory' | 'plan'>): TrainedState {
  const { layout, settings } = run.plan;
  return {
    parameters: unpackParameters(vectorOf(run, 'parameters'), layout),
    velocity:
      settings.momentum === 0 ? new Float64Array(0) : unpackParameters(vectorOf(run, 'velocity'), layout),
  };
}

/** Restores parameters and velocity, and clears what an unfinished step left behind. Only while no worker computes. */
export function restoreState(run: Pick<KernelRun, 'memory' | 'plan'>, state: TrainedState): void {
  const { memory, plan } = run;
  packParametersInto(vectorOf(run, 'parameters'), state.parameters, plan.layout);
  if (plan.settings.momentum !== 0) {
    packParametersInto(vectorOf(run, 'velocity'), state.velocity, plan.layout);
  }
  new Uint8Array(memory.buffer, plan.gradient, plan.clearedBytes).fill(0);
}

function vectorOf(
  { memory, plan }: Pick<KernelRun, 'memory' | 'plan'>,
  vector: 'parameters' | 'velocity',
): Float32Array {
  return new Float32Array(memory.buffer, plan[vector], plan.layout.bytes / 4);
}
