import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parallelStrategies } from '@micronn/core/kernels';
import type { Samples } from '../data/samples.ts';
import { type BenchRow, comparedToEach, comparedToFirst, comparedToSame, toRow } from './bench-rows.ts';
import {
  assertSameBits,
  type Contender,
  describeTask,
  epochsAtOnce,
  failedCheck,
  layersOf,
  openMicronn,
  type Task,
  takeTurns,
  throwIfInterrupted,
  timeEpochs,
  toEpochTimes,
} from './contender.ts';
import { findPython, hasPackage } from './installed-peers.ts';
import { benchFile } from './package-folder.ts';
import { openPeer, type Peer, type PeerCommand, type PeerTask } from './peer-process.ts';

/** A peer, and its command if it is installed. */
interface FoundPeer extends Pick<Contender, 'runner' | 'mostRounds' | 'note'> {
  readonly command?: PeerCommand;
}

type PeerName = 'numpy' | 'numpy-tutorial' | 'torch' | 'tfjs' | 'brain';

/** The round limit of a peer whose epochs take seconds. */
const SLOW_ROUNDS = 2;

/** Some container images set these variables, which make OpenBLAS use the kernels of another machine. */
export const BLAS_VARIABLES = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/** A comparison: a task, its peers, and the accuracy that every contender must reach before it is timed. */
export interface Match {
  readonly task: Task;
  readonly peers: readonly PeerName[];
  readonly warmup: { readonly epochs: number; readonly accuracy: number };
}

export interface MatchResult {
  readonly rows: BenchRow[];
  readonly versions: Readonly<Record<string, string>>;
}

const programs = {
  numpy: benchFile('peers/numpy_peer.py'),
  torch: benchFile('peers/torch_peer.py'),
  tfjs: benchFile('peers/tfjs-peer.ts'),
  brain: benchFile('peers/brain-peer.ts'),
};

/** Finds the peers of a comparison and their commands. */
async function findPeers(
  names: readonly PeerName[],
  folder: string,
  signal: AbortSignal,
): Promise<FoundPeer[]> {
  const found: FoundPeer[] = [];
  for (const name of names) {
    switch (name) {
      case 'numpy':
      case 'numpy-tutorial':
        found.push(...(await findNumpy(name, signal)));
        break;
      case 'torch': {
        const python = await findPython(['numpy', 'torch'], signal);
        const command = python !== undefined && { command: python, args: [programs.torch] };
        found.push({ runner: 'torch', ...(command && { command }) });
        break;
      }
      case 'tfjs':
        for (const [kind, note] of [
          ['by-hand', 'gradients written out, batches gathered in JavaScript'],
          ['optimizer', 'its own gather, gradients and optimizer'],
        ] as const) {
          const command = { command: process.execPath, args: [programs.tfjs, folder, kind] };
          const installed = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'].every((module) =>
            hasPackage(folder, module),
          );
          found.push({
            runner: `tfjs wasm, ${kind}`,
            note,
            mostRounds: SLOW_ROUNDS,
            ...(installed && { command }),
          });
        }
        break;
      case 'brain': {
        const command = { command: process.execPath, args: [programs.brain, folder, ''] };
        found.push({
          runner: 'brain.js',
          note: 'steps after every sample, squared error of sigmoids',
          mostRounds: SLOW_ROUNDS,
          ...(hasPackage(folder, 'brain.js') && { command }),
        });
        break;
      }
    }
  }
  return found;
}

/** NumPy in the current environment, and without the variables that select kernels of OpenBLAS. */
async function findNumpy(name: 'numpy' | 'numpy-tutorial', signal: AbortSignal): Promise<FoundPeer[]> {
  const tutorial = name === 'numpy-tutorial';
  const runner = tutorial ? 'numpy (tutorial)' : 'numpy';
  const note = tutorial ? 'float64, samples in columns, as the notebook' : 'float32';
  const python = await findPython(['numpy'], signal);
  if (python === undefined) return [{ runner, note }];
  const command = { command: python, args: [programs.numpy, tutorial ? 'tutorial' : 'float32'] };
  const set = BLAS_VARIABLES.filter((variable) => process.env[variable] !== undefined);
  const asIs = { runner, command };
  if (set.length === 0) return [{ ...asIs, note }];
  const env = { ...process.env };
  for (const variable of set) delete env[variable];
  const values = set.map((variable) => `${variable}=${process.env[variable]}`).join(' ');
  return [
    { ...asIs, note: `${note}, with ${values}` },
    {
      runner: `${runner}, plain`,
      note: `${note}, without ${set.join(' and ')}`,
      command: { ...command, env },
    },
  ];
}

/**
 * Milliseconds per epoch of micronn and of every installed peer, in turns within one run, and the speed-up of micronn
 * over each peer. A peer that is not installed, does not run or does not learn is left out, and its row says why.
 *
 * @param folder an existing folder, for the files of the samples
 * @param peersFolder the folder of the npm peers
 *
 * @throws MicronnError when micronn does not learn, or its parameters depend on the number of threads
 */
export async function measureMatch(
  { task, peers, warmup }: Match,
  threadCounts: readonly number[],
  rounds: number,
  folder: string,
  peersFolder: string,
  signal: AbortSignal,
): Promise<MatchResult> {
  const peerTask = await writePeerTask(task, folder);
  const found = await findPeers(peers, peersFolder, signal);
  const opened: Contender[] = [];
  const accuracies = new Map<Contender, number>();
  const versions: Record<string, string> = {};
  const leftOut: BenchRow[] = [];
  const join = async (contender: Contender): Promise<void> => {
    opened.push(contender);
    accuracies.set(contender, await learn(contender, task, warmup, signal));
  };
  try {
    for (const parallel of parallelStrategies)
      for (const threads of threadCounts) await join(await openMicronn(task, threads, { parallel }));
    for (const { command, ...about } of found) {
      const leaveOut = (why: string): void => {
        const name = describeTask(task);
        leftOut.push(
          toRow({ section: 'peers', name, threads: null, unit: 'ms', rounds: [], ...about, note: why }),
        );
      };
      if (!command) {
        leaveOut('not installed');
        continue;
      }
      let peer: Peer | undefined;
      try {
        peer = await openPeer(about, command, peerTask, signal);
        await join(peer);
        Object.assign(versions, peer.versions);
      } catch (error) {
        throwIfInterrupted(signal);
        // A peer that does not run or learn is not timed; the others are.
        leaveOut(`left out: ${error instanceof Error ? error.message : String(error)}`);
        opened.splice(0, opened.length, ...opened.filter((contender) => contender !== peer));
        await peer?.close();
      }
    }
    const epochs = epochsAtOnce(task);
    const times = await takeTurns(
      opened,
      rounds,
      (contender) => timeEpochs(contender, epochs),
      signal,
      ({ mostRounds = rounds }) => mostRounds,
    );
    for (const parallel of parallelStrategies)
      assertSameBits(
        task,
        opened.filter(({ strategy }) => strategy === parallel),
      );
    const rows = rowsOf(task, opened, times, accuracies);
    return { rows: [...rows, ...leftOut], versions };
  } finally {
    await Promise.all(opened.map((contender) => contender.close()));
  }
}

/** The rows of a comparison: the default strategy, the others, and the peers. */
function rowsOf(
  task: Task,
  opened: readonly Contender[],
  times: ReadonlyMap<Contender, number[][]>,
  accuracies: ReadonlyMap<Contender, number>,
): BenchRow[] {
  const rows = opened.map((contender) =>
    toRow({
      section: 'peers',
      name: describeTask(task),
      runner: contender.runner,
      threads: contender.threads,
      unit: 'ms',
      ...toEpochTimes(times.get(contender)!),
      accuracy: accuracies.get(contender)!,
      parametersSha256: contender.sha256?.() ?? null,
      note: contender.note ?? null,
    }),
  );
  const peers = rows.filter(({ threads }) => threads === null);
  const [ofDefault, ...ofOthers] = parallelStrategies.map((parallel) =>
    withRatios(
      rows.filter((_, k) => opened[k]!.strategy === parallel),
      peers,
    ),
  );
  return [...ofDefault!, ...ofOthers.flatMap((others) => comparedToSame(others, ofDefault!)), ...peers];
}

/** Warms a contender up and returns its accuracy, which must be high enough. */
async function learn(
  contender: Contender,
  task: Task,
  { epochs, accuracy: bar }: Match['warmup'],
  signal: AbortSignal,
): Promise<number> {
  for (let epoch = 0; epoch < epochs; epoch++) {
    throwIfInterrupted(signal);
    await contender.epoch();
  }
  const accuracy = await contender.accuracy();
  if (!(accuracy >= bar))
    throw failedCheck(
      `${contender.runner} to reach an accuracy of ${bar} in ${epochs} epochs of ${describeTask(task)}`,
      String(accuracy),
    );
  return accuracy;
}

/** Adds to each row of one strategy its speed-up over one thread and over each peer. */
function withRatios(own: readonly BenchRow[], peers: readonly BenchRow[]): BenchRow[] {
  return comparedToFirst(own).map((row) => comparedToEach(row, peers));
}

async function writePeerTask(task: Task, folder: string): Promise<PeerTask> {
  const { train, test } = task;
  const write = async (name: string, samples: Samples): Promise<PeerTask['train']> => {
    const images = path.join(folder, `${name}.images`);
    const labels = path.join(folder, `${name}.labels`);
    await writeFile(images, samples.images);
    await writeFile(labels, samples.labels);
    return { images, labels, count: samples.count };
  };
  return {
    layers: layersOf(task),
    init: task.init,
    batchSize: task.batchSize === 'full' ? train.count : task.batchSize,
    learningRate: task.learningRate,
    seed: task.seed,
    train: await write('train', train),
    test: await write('test', test),
  };
}
