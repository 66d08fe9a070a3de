import { ShapeError } from '@micronn/core/shared-memory';
import { count } from '../console/format.ts';
import { DIGIT_CLASSES, DIGIT_PIXELS, MNIST } from '../data/mnist.ts';
import type { SampleSet } from '../data/samples.ts';
import { MicronnError, type Place } from '../errors.ts';
import { byteText, isMemoryRefused, memoryRefused } from '../memory-refused.ts';
import type { BackendName, RunSize } from '../training/backend.ts';
import { backends } from '../training/backends.ts';
import { assertWithin, type MemoryNeed, MemoryShortage, machineLimit } from '../training/memory-need.ts';
import type { TrainOptions } from './train-options.ts';

/** Refuses runs that cannot fit into memory, in sentences that name what is too large. */

/** What a run is about, for the sentence. */
export interface RunFacts {
  readonly backend: BackendName;
  /** The value of `--data`. */
  readonly source: string;
  /** Where the layers come from: `--hidden` or a model file. */
  readonly model?: string;
}

/**
 * Checks by arithmetic that a run can fit, before its parameters are drawn and its data is listed.
 *
 * @throws MicronnError when it cannot (exit code 2 for the layers, 3 for the data, 6 for a saved model)
 */
export function assertRoom(size: RunSize, facts: RunFacts): void {
  explained(size, facts, () => {
    const need = needOf(size, facts);
    assertWithin(need, backends[facts.backend].limit);
    assertWithin(withCopies(need, size), machineLimit());
  });
}

/** The same check for the network alone, before MNIST is read. Other data has to say first how large its images are. */
export function assertRoomForNetwork(options: TrainOptions): void {
  const { backend, data: source, threads: workers, batchSize, hidden, shards, parallel } = options;
  if (source !== MNIST) return;
  const plan = {
    layers: [DIGIT_PIXELS, ...hidden, DIGIT_CLASSES],
    parallel,
    shards,
    batchSize: batchSize === 'full' ? 1 : batchSize,
    learningRate: options.lr,
    momentum: options.momentum,
  };
  const samples = { count: 0, inputs: DIGIT_PIXELS, images: new Uint8Array(0), labels: new Uint8Array(0) };
  assertRoom({ plan, train: { samples, count: 0 }, sets: [], workers }, { backend, source });
}

/** Runs work that needs the memory of a run, and explains what does not fit. */
export async function inRoom<Result>(
  size: RunSize,
  facts: RunFacts,
  work: () => Promise<Result>,
): Promise<Result> {
  return work().catch((error: unknown) =>
    explained(size, facts, () => {
      throw error;
    }),
  );
}

function explained<Result>(size: RunSize, facts: RunFacts, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof MemoryShortage) throw tooLarge(error, size, facts);
    if (isMemoryRefused(error)) {
      const { network, data } = withCopies(needOf(size, facts), size);
      const parameters = count(parametersOf(size.plan.layers));
      const need = `${describeData(size)} and a network of ${parameters} parameters need at least ${byteText(network + data)}`;
      throw memoryRefused(error, need, placeOf(facts));
    }
    throw error;
  }
}

function needOf(size: RunSize, facts: RunFacts): MemoryNeed {
  try {
    return backends[facts.backend].need(size);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    // More parameters than core can number.
    const what = `${count(parametersOf(size.plan.layers))} parameters, which does not fit into memory`;
    throw tooLargeNetwork(what, 'choose smaller layers', facts, error);
  }
}

/**
 * Adds what the main thread keeps while the run trains: the images that are in memory, and the state at the beginning and after the last
 * step that is saved; an evaluation keeps the parameters alone.
 */
function withCopies({ network, data }: MemoryNeed, size: RunSize): MemoryNeed {
  const { plan, train } = size;
  const vectors = train ? 2 * (plan.momentum === 0 ? 1 : 2) : 1;
  const held = heldSamples(size).map(({ images }) => (images instanceof Uint8Array ? images.length : 0));
  const images = held.reduce((sum, bytes) => sum + bytes, 0);
  return { network: network + 8 * vectors * parametersOf(plan.layers), data: data + images };
}

function tooLarge({ need, limit }: MemoryShortage, size: RunSize, facts: RunFacts): MicronnError {
  const { network, data } = need;
  const has = `but ${limit.owner} has ${byteText(limit.bytes)}`;
  if (network > limit.bytes || network > data) {
    const { layers, parallel, shards } = size.plan;
    const bySharding = size.train && parallel === 'data' && shards > 1;
    return tooLargeNetwork(
      `${count(parametersOf(layers))} parameters, which needs ${byteText(network)}${bySharding ? ` with ${shards} shards` : ''}${network > limit.bytes ? '' : ` beside ${byteText(data)} for the data`}, ${has}`,
      `choose smaller layers${bySharding ? ' or fewer shards' : ''}`,
      facts,
    );
  }
  const instead = facts.backend === 'wasm' ? ', or --backend reference, which only the machine limits' : '';
  return new MicronnError(
    'DATA_TOO_LARGE',
    `${describeData(size)} need ${byteText(data)} beside ${byteText(network)} for the network, ${has}: use fewer samples${instead}`,
    placeOf(facts),
  );
}

function tooLargeNetwork(what: string, instead: string, { model }: RunFacts, cause?: unknown): MicronnError {
  return model === undefined
    ? new MicronnError('OPTION_VALUE', `--hidden gives a network of ${what}: ${instead}`, {}, { cause })
    : new MicronnError('MODEL_TOO_LARGE', `the model has ${what}`, { file: model }, { cause });
}

/** Also for more parameters than core's parameterCount accepts. */
function parametersOf(layers: readonly number[]): number {
  return layers.slice(1).reduce((sum, size, l) => sum + (layers[l]! + 1) * size, 0);
}

function describeData(size: RunSize): string {
  const held = heldSamples(size);
  const samples = held.reduce((sum, set) => sum + set.count, 0);
  return `${count(samples)} samples of ${size.plan.layers[0]} pixels`;
}

/** The sets of samples, each once. */
function heldSamples({ train, sets }: RunSize): SampleSet[] {
  return [...new Set([...(train ? [train.samples] : []), ...sets.map(({ samples }) => samples)])];
}

function placeOf({ source }: RunFacts): Place {
  return source === MNIST ? {} : { file: source };
}
