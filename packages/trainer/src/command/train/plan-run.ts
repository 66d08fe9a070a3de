import { createNetwork } from '@micronn/core';
import { allPlaces, CLASSES } from '../../data/samples.ts';
import { MicronnError } from '../../errors.ts';
import type { Checkpoint } from '../../run-folder/checkpoint.ts';
import type { TrainedState } from '../../training/backend.ts';
import type { RunMemory, TrainingPlan } from '../../training/memory.ts';
import type { WorkerPool } from '../../training/pool.ts';
import { BEGIN, type Position } from '../../training/position.ts';
import type { TrainRequest } from '../options.ts';
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

/**
 * Lays the run out in memory, at its beginning or where the resumed run stopped.
 *
 * @throws MicronnError (exit code 2) when the network does not fit into memory
 */
export async function planRun(
  { options, saved }: TrainRequest,
  data: RunData,
  pool: WorkerPool,
): Promise<PlannedRun> {
  const plan = trainingPlan(options, data);
  const memory = await allocateRun(options, plan, data, pool, saved?.checkpoint.state);
  const position = saved?.checkpoint.position ?? BEGIN;
  const { out: _out, ...kept } = options;
  const config = { ...kept, validationSplit: data.validationSplit };
  const initial: Checkpoint = {
    layers: plan.layers,
    state: pool.readState(memory),
    position,
    configuration: config,
    data: data.description,
  };
  return { data, plan, memory, position, initial, config };
}

function trainingPlan(options: TrainOptions, { dataset, split }: RunData): TrainingPlan {
  return {
    parallel: options.parallel,
    layers: [dataset.train.inputs, ...options.hidden, CLASSES],
    batchSize: options.batchSize === 'full' ? split.train.length : options.batchSize,
    shards: options.shards,
    learningRate: options.lr,
    momentum: options.momentum,
  };
}

async function allocateRun(
  { seed, init }: TrainOptions,
  plan: TrainingPlan,
  { dataset, split }: RunData,
  pool: WorkerPool,
  state: TrainedState | undefined,
): Promise<RunMemory> {
  const { train, test } = dataset;
  const { layers } = plan;
  try {
    const memory = await pool.allocate({
      plan,
      parameters: state?.parameters ?? createNetwork(layers, { seed, init }).parameters,
      train: { samples: train, count: split.train.length },
      sets: [
        ...(split.validation.length > 0 ? [{ samples: train, places: split.validation }] : []),
        ...(test ? [{ samples: test, places: allPlaces(test) }] : []),
      ],
    });
    if (state) pool.restore(memory, state);
    return memory;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw tooLarge(layers, cause);
  }
}

/** The machine, or the 4 GB of a WebAssembly memory, cannot hold the network. */
function tooLarge(layers: readonly number[], cause: RangeError): MicronnError {
  // parameterCount of core refuses networks of this size.
  const count = layers.slice(1).reduce((sum, size, l) => sum + (layers[l]! + 1) * size, 0);
  return new MicronnError(
    'OPTION_VALUE',
    `--hidden gives a network of ${count} parameters, which does not fit into memory: choose smaller layers`,
    {},
    { cause },
  );
}
