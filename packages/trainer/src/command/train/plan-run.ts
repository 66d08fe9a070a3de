import { createNetwork, parameterCount } from '@micronn/core';
import type { Reporter } from '../../console/reporter.ts';
import { writeForm } from '../../data/data-form.ts';
import { allPlaces } from '../../data/samples.ts';
import type { Checkpoint } from '../../run-folder/checkpoint.ts';
import type { TrainedState } from '../../training/backend.ts';
import type { RunMemory, TrainingPlan } from '../../training/memory.ts';
import type { WorkerPool } from '../../training/pool.ts';
import { BEGIN, type Position } from '../../training/position.ts';
import type { TrainRequest } from '../options.ts';
import { assertRoom, inRoom } from '../room.ts';
import type { TrainOptions } from '../train-options.ts';
import type { RunData } from './load-run-data.ts';

/** A run that is ready to train. */
export interface PlannedRun {
  readonly data: RunData;
  readonly plan: TrainingPlan;
  /** Holds the parameters at `position`. */
  readonly memory: RunMemory;
  readonly position: Position;
  /** The run at `position`, as a checkpoint. */
  readonly initial: Checkpoint;
  /** The options that config.json and checkpoints keep. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Number of parameters from which on preparing a run takes more than a second. */
const LARGE = 5_000_000;

/**
 * Lays the run out in memory, at its beginning or where the resumed run stopped.
 *
 * @throws MicronnError when the network (exit code 2) or the data (exit code 3) does not fit into memory
 */
export async function planRun(
  { options, saved }: TrainRequest,
  data: RunData,
  pool: WorkerPool,
  reporter: Reporter,
): Promise<PlannedRun> {
  const plan = trainingPlan(options, data);
  const memory = await allocateRun(options, plan, data, pool, reporter, saved?.checkpoint.state);
  const position = saved?.checkpoint.position ?? BEGIN;
  const { out: _out, ...kept } = options;
  const config = { ...kept, validationSplit: data.validationSplit };
  const initial: Checkpoint = {
    layers: plan.layers,
    state: pool.readState(memory),
    position,
    configuration: config,
    data: data.description(),
    form: writeForm(data.dataset.form),
  };
  return { data, plan, memory, position, initial, config };
}

function trainingPlan(options: TrainOptions, { dataset, split }: RunData): TrainingPlan {
  return {
    parallel: options.parallel,
    layers: [dataset.train.inputs, ...options.hidden, dataset.form.classes.values.length],
    batchSize: options.batchSize === 'full' ? split.train.length : options.batchSize,
    shards: options.shards,
    learningRate: options.lr,
    momentum: options.momentum,
  };
}

async function allocateRun(
  { seed, init, backend, data: source }: TrainOptions,
  plan: TrainingPlan,
  { dataset, split }: RunData,
  pool: WorkerPool,
  reporter: Reporter,
  state: TrainedState | undefined,
): Promise<RunMemory> {
  const { train, test } = dataset;
  const { layers } = plan;
  const size = {
    plan,
    train: { samples: train, count: split.train.length },
    sets: [
      ...(split.validation.length > 0 ? [{ samples: train, places: split.validation }] : []),
      ...(test ? [{ samples: test, places: allPlaces(test) }] : []),
    ],
    workers: pool.threads,
  };
  const facts = { backend, source };
  assertRoom(size, facts);
  if (parameterCount(layers) >= LARGE) reporter.preparing(parameterCount(layers));
  return inRoom(size, facts, async () => {
    const parameters = state?.parameters ?? createNetwork(layers, { seed, init }).parameters;
    const memory = await pool.allocate({ ...size, parameters });
    if (state) pool.restore(memory, state);
    return memory;
  });
}
