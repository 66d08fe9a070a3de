import { createNetwork, createRandomStream } from '@micronn/core';
import { parallelStrategies } from '@micronn/core/kernels';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../test/harness/faults.ts';
import { createFaultyPool, type FaultyPool } from '../../test/harness/faulty-pool.ts';
import { digitSamples } from '../../test/train-digits.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../run-folder/checkpoint.ts';
import type { BackendName, TrainedState } from './backend.ts';
import { type ParallelStrategy, sharedPlaces, type TrainingPlan } from './memory.ts';
import { BEGIN, type Position } from './position.ts';
import { type EpochResult, type TrainingEnd, trainNetwork } from './train-network.ts';

const SEED = 5;
const EPOCHS = 2;
const STEPS_PER_EPOCH = 10;
const STEPS = EPOCHS * STEPS_PER_EPOCH;

/** The first samples are the validation set. */
const held = Uint32Array.from({ length: 20 }, (_, i) => i);
const trained = Uint32Array.from({ length: digitSamples.count - held.length }, (_, i) => i + held.length);
const settings = {
  layers: [784, 6, 5, 10],
  batchSize: Math.ceil(trained.length / STEPS_PER_EPOCH),
  shards: 4,
  learningRate: 0.5,
  momentum: 0.9,
};

interface Run {
  readonly end: TrainingEnd;
  readonly state: TrainedState;
  readonly epochs: readonly EpochResult[];
  /** One line per restart. */
  readonly restarts: readonly string[];
  /** The last checkpoint, as a file. */
  readonly file: Uint8Array;
}

const threads = 3;
const steady = Array.from({ length: STEPS_PER_EPOCH + 1 }, () => threads);
/** The size of the team in each step of an epoch, and after the last one: every change between 1, 2 and 3. */
const changing = [3, 1, 2, 3, 2, 1, 3, 3, 1, 2, 1];
/** Every backend with each of its strategies, and teams of one size and of changing sizes. */
const kinds = {
  'wasm, data': { backend: 'wasm', parallel: 'data', sizes: steady },
  'wasm, rows': { backend: 'wasm', parallel: 'rows', sizes: steady },
  'reference, data': { backend: 'reference', parallel: 'data', sizes: steady },
  'wasm, data, a changing team': { backend: 'wasm', parallel: 'data', sizes: changing },
  'wasm, rows, a changing team': { backend: 'wasm', parallel: 'rows', sizes: changing },
} satisfies Record<string, KindOfRun>;
type Kind = keyof typeof kinds;

interface KindOfRun {
  readonly backend: BackendName;
  readonly parallel: ParallelStrategy;
  readonly sizes: readonly number[];
}

const pools = new Map<string, FaultyPool>();
const poolOf = ({ backend, sizes }: KindOfRun): FaultyPool => {
  const key = `${backend} ${sizes.join()}`;
  if (!pools.has(key))
    pools.set(key, createFaultyPool(threads, backend, { sizes: sharedPlaces(Uint32Array.from(sizes)) }));
  return pools.get(key)!;
};
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

/** Trains in new memory, from the beginning or from a checkpoint, with injected faults. */
async function run(
  kind: Kind,
  faults: readonly Fault[],
  { file, maxRestarts = 0, every }: { file?: Uint8Array; maxRestarts?: number; every?: number } = {},
): Promise<Run> {
  const plan: TrainingPlan = { ...settings, parallel: kinds[kind].parallel };
  const pool = poolOf(kinds[kind]);
  pool.plan(faults);
  const checkpoint = file && decodeCheckpoint(file);
  const memory = await pool.allocate({
    plan,
    parameters: createNetwork(plan.layers, { seed: SEED }).parameters,
    train: { samples: digitSamples, count: trained.length },
    sets: [{ samples: digitSamples, places: held }],
  });
  if (checkpoint) pool.restore(memory, checkpoint.state);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const epochs: EpochResult[] = [];
  const restarts: string[] = [];
  let saved = file ?? new Uint8Array(0);
  const save = async (position: Position, state: TrainedState): Promise<void> => {
    const configuration = { momentum: plan.momentum };
    saved = encodeCheckpoint({ layers: plan.layers, state, position, configuration, data: '' });
  };
  process.on('SIGTERM', interrupt);
  try {
    const end = await trainNetwork({
      pool,
      plan,
      memory,
      trainOrder: trained,
      validation: 0,
      epochs: EPOCHS,
      seed: SEED,
      begin: checkpoint?.position ?? BEGIN,
      ...(every !== undefined && { checkpointEvery: every }),
      maxRestarts,
      savesBeside: true,
      signal: interruption.signal,
      onProgress: () => undefined,
      onCheckpoint: save,
      async onEpoch(result, position, state) {
        epochs.push({ ...result, seconds: 0 });
        await save(position, state);
      },
      onRestart: (_, epoch, step, count) => restarts.push(`${count}: epoch ${epoch} from step ${step}`),
    });
    return { end, state: pool.readState(memory), epochs, restarts, file: saved };
  } finally {
    process.off('SIGTERM', interrupt);
  }
}

const wholes = new Map<Kind, Promise<Run>>();
const wholeOf = (kind: Kind): Promise<Run> => {
  if (!wholes.has(kind)) wholes.set(kind, run(kind, []));
  return wholes.get(kind)!;
};

const signalIn = (step: number): Fault => ({
  epoch: 1 + Math.floor(step / STEPS_PER_EPOCH),
  at: step % STEPS_PER_EPOCH,
  worker: step,
  how: 'signal',
});

describe.each(Object.keys(kinds) as Kind[])(
  '%s: the same bits and numbers as an uninterrupted run',
  (kind) => {
    test.each(Array.from({ length: STEPS }, (_, step) => step + 1))(
      'stopped after step %i of 20, and resumed',
      async (step) => {
        const whole = await wholeOf(kind);
        const before = await run(kind, [signalIn(step - 1)]);
        expect(before.end.kind).toBe('interrupted');
        expect(before.end.position).toMatchObject({
          epoch: Math.floor(step / STEPS_PER_EPOCH),
          step: step % STEPS_PER_EPOCH,
        });
        const after = await run(kind, [], { file: before.file });
        expect(after.state).toEqual(whole.state);
        expect([...before.epochs, ...after.epochs]).toEqual(whole.epochs);
        expect(after.end).toMatchObject({ kind: 'done', position: whole.end.position });
      },
    );

    test('stopped after every step', async () => {
      const whole = await wholeOf(kind);
      let last = await run(kind, [signalIn(0)]);
      const epochs = [...last.epochs];
      for (let step = 1; step <= STEPS; step++) {
        last = await run(kind, step < STEPS ? [signalIn(step)] : [], { file: last.file });
        epochs.push(...last.epochs);
      }
      expect(last.state).toEqual(whole.state);
      expect(epochs).toEqual(whole.epochs);
    });

    const random = createRandomStream(20, 'permutation');
    const deaths = Array.from({ length: 20 }, () => ({
      epoch: 1 + random.nextBelow(EPOCHS),
      // The half steps are after the gradients and before the update: other threads may have updated their parameters
      // already.
      at: random.nextBelow(2 * STEPS_PER_EPOCH) / 2,
      draw: random.nextBelow(6),
      how: random.nextBelow(3) === 0 ? ('throw' as const) : ('exit' as const),
      /** Steps between the checkpoints from which training restarts. */
      every: [STEPS_PER_EPOCH, 3][random.nextBelow(2)]!,
    }));
    test.each(deaths)('a thread of the team dies: %j', async ({ every, draw, ...fault }) => {
      const whole = await wholeOf(kind);
      const death: Fault = { ...fault, worker: draw % kinds[kind].sizes[Math.floor(fault.at)]! };
      const survivor = await run(kind, [death], { maxRestarts: 1, every });
      const from = every * Math.floor(death.at / every);
      expect(survivor.restarts).toEqual([`1: epoch ${death.epoch} from step ${from}`]);
      expect(survivor.state).toEqual(whole.state);
      expect(survivor.epochs).toEqual(whole.epochs);
    });
  },
);

test.each(parallelStrategies)('%s: the size of the team does not change the bits', async (parallel) => {
  const whole = await wholeOf(`wasm, ${parallel}`);
  const changed = await wholeOf(`wasm, ${parallel}, a changing team`);
  expect(changed.state).toEqual(whole.state);
  expect(changed.epochs).toEqual(whole.epochs);
});

test('too many deaths end the run with exit code 5', async () => {
  const always: Fault = { epoch: 2, at: 4, worker: 1, how: 'exit', always: true };
  await expect(run('wasm, data', [always], { maxRestarts: 1 })).rejects.toMatchObject({
    code: 'WORKERS_FAILED',
    exitCode: 5,
    message:
      'a worker died in epoch 2 (worker exited with code: 1), once more than --max-restarts 1 allows; the last checkpoint is intact',
  });
});
