import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TUTORIAL_SPLIT, trainDefaults } from '../command/train-options.ts';
import { loadDataset, splitForValidation } from '../data/dataset.ts';
import { inMemory } from '../data/images.ts';
import { MNIST } from '../data/mnist.ts';
import { type Samples, sharedBytes } from '../data/samples.ts';
import { availableCores } from '../training/cores.ts';
import { createWorkerPool } from '../training/pool.ts';
import { openBenchFile, unwritable, writeBenchFile } from './bench-file.ts';
import { type BenchOptions, resolveBenchOptions } from './bench-options.ts';
import { type BenchReport, describeReport, mergeReports, mismatch } from './bench-report.ts';
import { type BenchRow, type Section, sections } from './bench-rows.ts';
import { describeTask, firstSamples, type Task, throwIfInterrupted } from './contender.ts';
import { installPeers } from './installed-peers.ts';
import { measureCommands } from './measure-commands.ts';
import { measureCache, measureCsv, writeCsv } from './measure-csv.ts';
import { measureEpochs } from './measure-epochs.ts';
import { measureInference } from './measure-inference.ts';
import { type Match, measureMatch } from './measure-peers.ts';

export { resolveBenchOptions };

const QUICK_SAMPLES = 3000;

/**
 * `micronn bench`: measures MicroNN and the installed peers on this machine. Checks each result before it is timed.
 *
 * @param json whether to write the rows as JSON lines to standard output
 * @throws MicronnError when a check fails, the result cannot be written, or bench is interrupted
 */
export async function bench(options: BenchOptions, json: boolean, signal: AbortSignal): Promise<void> {
  try {
    if (options.installPeers) await installPeers(options.peers, signal);
    else await benchInto(options, json, signal);
  } catch (error) {
    // An interruption also ends running programs, such as a peer, which then fail with other errors; report the
    // interruption.
    throwIfInterrupted(signal);
    throw error;
  }
}

async function benchInto(options: BenchOptions, json: boolean, signal: AbortSignal): Promise<void> {
  // Checked first, because measuring takes minutes.
  const earlier = await openBenchFile(options.out);
  const about = { quick: options.quick, machine: describeMachine() };
  const kept = options.only === undefined ? undefined : earlier;
  const why = kept && mismatch(kept, about);
  if (why !== undefined) throw unwritable(options.out, `--only keeps its other sections, but ${why}`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'micronn-bench-'));
  try {
    const measured: BenchReport = {
      ...about,
      ...(await measure(options, folder, signal, (section) => {
        if (!json) process.stderr.write(`measuring ${section} …\n`);
      })),
      environment: Object.fromEntries(
        Object.entries(process.env)
          .filter(([name]) => /^(OPENBLAS|OMP|MKL|BLIS)_/.test(name))
          .map(([name, value]) => [name, value!]),
      ),
    };
    await writeBenchFile(options.out, kept ? mergeReports(kept, measured) : measured);
    if (json) {
      for (const row of measured.rows) process.stdout.write(`${JSON.stringify({ event: 'row', ...row })}\n`);
    } else {
      process.stdout.write(`${describeReport(measured)}\n\nsaved in ${options.out}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures the sections in their order. */
async function measure(
  { quick, only, threads, rounds, commandRounds, peers }: BenchOptions,
  folder: string,
  signal: AbortSignal,
  tell: (section: string) => void,
): Promise<Pick<BenchReport, 'dates' | 'versions' | 'rows'>> {
  const data = await loadMnist(quick, signal);
  const threadCounts = threadCountsUpTo(threads);
  const versions: Record<string, string> = {
    node: process.versions.node,
    v8: process.versions.v8,
  };
  const begin = (section: string): void => {
    throwIfInterrupted(signal);
    tell(section);
  };
  const csv = { train: path.join(folder, 'mnist_train.csv'), test: path.join(folder, 'mnist_test.csv') };

  const measureSection: Record<Section, () => Promise<BenchRow[]>> = {
    async commands() {
      begin('whole commands');
      await writeCsv(csv.train, data.train, signal);
      await writeCsv(csv.test, data.test, signal);
      const result = await measureCommands(csv, folder, commandRounds, quick, signal);
      Object.assign(versions, result.versions);
      return result.rows;
    },
    async peers() {
      const rows: BenchRow[] = [];
      // Each comparison loads its own data and frees it at its end.
      const matches = matchesOf(data, quick);
      for (const [k, match] of matches.entries()) {
        begin(`against the peers, ${k + 1} of ${matches.length}`);
        const result = await measureMatch(match, threadCounts, rounds, folder, peers, signal);
        rows.push(...result.rows);
        Object.assign(versions, result.versions);
      }
      return rows;
    },
    async epochs() {
      const rows: BenchRow[] = [];
      for (const { warmup, ...task } of tasksOf(data, quick)) {
        begin(`epochs of ${describeTask(task)}`);
        rows.push(...(await measureEpochs(task, threadCounts, rounds, warmup, signal)));
      }
      begin('the reference');
      const reference = taskOf(data, [10], 64);
      const once = { epochs: quick ? 4 : 1, accuracy: quick ? 0.3 : 0.6 };
      rows.push(...(await measureEpochs(reference, [threadCounts.at(-1)!], 1, once, signal, 'reference')));
      return rows;
    },
    async csv() {
      begin('the CSV');
      await writeCsv(csv.train, data.train, signal);
      const cache = path.join(folder, 'cache');
      return [
        ...(await measureCsv(csv.train, data.train, threadCounts, rounds, signal)),
        await measureCache(csv.train, data.train, cache, rounds, signal),
      ];
    },
    async inference() {
      begin('inference');
      return measureInference(data.test, threadCounts, rounds, signal);
    },
  };

  const dates: Partial<Record<Section, string>> = {};
  const rows: BenchRow[] = [];
  for (const section of only === undefined ? sections : [only]) {
    rows.push(...(await measureSection[section]()));
    dates[section] = new Date().toISOString();
  }
  return { dates, versions, rows };
}

interface BenchData {
  readonly train: Samples;
  /** The training set of the notebook: four fifths of the shuffled MNIST training set. */
  readonly notebook: Samples;
  readonly test: Samples;
}

async function loadMnist(quick: boolean, signal: AbortSignal): Promise<BenchData> {
  const workers = createWorkerPool(1, 'wasm');
  const dataset = await loadDataset(
    MNIST,
    undefined,
    {},
    {
      workers,
      cache: null,
      signal,
      warn: () => undefined,
    },
  );
  await workers.close();
  const whole = inMemory(dataset.train);
  const train = quick ? firstSamples(whole, QUICK_SAMPLES) : whole;
  const { train: places } = splitForValidation(train.count, TUTORIAL_SPLIT, trainDefaults.seed);
  const { inputs } = train;
  const images = sharedBytes(places.length * inputs);
  const labels = sharedBytes(places.length);
  for (const [k, place] of places.entries()) {
    images.set(train.images.subarray(place * inputs, (place + 1) * inputs), k * inputs);
    labels[k] = train.labels[place]!;
  }
  return { train, notebook: { count: places.length, inputs, images, labels }, test: inMemory(dataset.test!) };
}

/** 1, 2 and the largest number. */
function threadCountsUpTo(most: number): number[] {
  return [...new Set([1, Math.min(2, most), most])];
}

function taskOf(data: BenchData, hidden: readonly number[], batchSize: 64 | 'full'): Task {
  return {
    hidden,
    // The initialization of the tutorial for its network, and he for wider ones.
    init: hidden.length === 1 && hidden[0] === 10 ? 'uniform' : 'he',
    batchSize,
    learningRate: trainDefaults.lr,
    seed: trainDefaults.seed,
    train: batchSize === 'full' ? data.notebook : data.train,
    test: data.test,
  };
}

function tasksOf(data: BenchData, quick: boolean): (Task & { warmup: Match['warmup'] })[] {
  const warmups = quick
    ? { 64: { epochs: 4, accuracy: 0.3 }, full: { epochs: 4, accuracy: 0 } }
    : { 64: { epochs: 1, accuracy: 0.6 }, full: { epochs: 5, accuracy: 0 } };
  const shapes = quick ? [[10], [128]] : [[10], [128], [512, 256]];
  return shapes.flatMap((hidden) =>
    ([64, 'full'] as const).map((batchSize) => ({
      ...taskOf(data, hidden, batchSize),
      warmup: warmups[batchSize],
    })),
  );
}

/** The comparisons: the tutorial's network in minibatches, a wider network, and the tutorial's full-batch training. */
function matchesOf(data: BenchData, quick: boolean): Match[] {
  if (quick) {
    return [
      {
        task: taskOf(data, [10], 64),
        peers: ['numpy'],
        warmup: { epochs: 8, accuracy: 0.5 },
      },
    ];
  }
  return [
    {
      task: taskOf(data, [10], 64),
      peers: ['numpy', 'torch', 'tfjs', 'brain'],
      warmup: { epochs: 3, accuracy: 0.85 },
    },
    {
      task: taskOf(data, [128], 64),
      peers: ['numpy', 'torch'],
      warmup: { epochs: 3, accuracy: 0.9 },
    },
    {
      // Full batch takes one step per epoch and learns slowly: the notebook's 0.85 takes 450 epochs.
      task: taskOf(data, [10], 'full'),
      peers: ['numpy-tutorial', 'numpy', 'torch'],
      warmup: { epochs: 60, accuracy: 0.4 },
    },
  ];
}

function describeMachine(): BenchReport['machine'] {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableCores(),
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()}`,
    architecture: os.arch(),
  };
}
