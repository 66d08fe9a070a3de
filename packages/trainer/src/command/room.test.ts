import { describe, expect, test } from 'vitest';
import { allPlaces, type Samples } from '../data/samples.ts';
import { MicronnError } from '../errors.ts';
import type { MakeLists, RunSize } from '../training/backend.ts';
import { wasmBackend } from '../training/wasm-backend.ts';
import { assertRoom, assertRoomForNetwork, inRoom } from './room.ts';
import { trainDefaults } from './train-options.ts';

/** Samples that are only counted. */
function samplesOf(count: number): Samples {
  return { count, inputs: 784, images: new Uint8Array(0), labels: new Uint8Array(count) };
}

function sizeOf(rows: number, hidden: readonly number[], settings: Partial<RunSize['plan']> = {}): RunSize {
  const plan: RunSize['plan'] = {
    parallel: 'data',
    layers: [784, ...hidden, 10],
    batchSize: 64,
    shards: 4,
    learningRate: 0.1,
    momentum: 0,
    ...settings,
  };
  return { plan, train: { samples: samplesOf(rows), count: rows }, sets: [], workers: 2 };
}

/** Counts the lists of dense images, of which every pixel is a word, without the images. */
const countDense: MakeLists = async ({ starts }) => {
  starts.fill(784, 1);
};

/** Exit code and message of the error of a run on dense images. */
async function denseError(size: RunSize): Promise<string> {
  const facts = { backend: 'wasm', source: '/data/train.csv' } as const;
  const parameters = new Float64Array(0);
  try {
    await inRoom(size, facts, () => wasmBackend.allocate({ ...size, parameters }, countDense));
  } catch (error) {
    if (error instanceof MicronnError) return `${error.exitCode} ${error.message}`;
    throw error;
  }
  throw new Error('expected an error');
}

describe('a run that needs more than a WebAssembly memory', () => {
  test('because of its data: the error names the rows, their bytes and the limit', async () => {
    expect(await denseError(sizeOf(2_740_000, [128]))).toBe(
      '3 /data/train.csv: 2,740,000 samples of 784 pixels need 4.02 GiB beside 12.8 MiB for the network, but a WebAssembly memory has 4.00 GiB: use fewer samples, or --backend reference, which only the machine limits',
    );
  });

  test('because of both: the error blames the larger part', async () => {
    expect(await denseError(sizeOf(500_000, [13_000, 13_000]))).toBe(
      '2 --hidden gives a network of 179,348,010 parameters, which needs 3.41 GiB with 4 shards beside 750.5 MiB for the data, but a WebAssembly memory has 4.00 GiB: choose smaller layers or fewer shards',
    );
  });

  test('because of its network: refused by arithmetic, before the data is read', () => {
    const refused = (hidden: number[], more = {}) => {
      try {
        assertRoomForNetwork({ ...trainDefaults, threads: 2, hidden, ...more });
      } catch (error) {
        if (error instanceof MicronnError) return `${error.exitCode} ${error.message}`;
        throw error;
      }
      return undefined;
    };
    expect(refused([22_000, 22_000])).toBe(
      '2 --hidden gives a network of 501,512,010 parameters, which needs 9.41 GiB with 4 shards, but a WebAssembly memory has 4.00 GiB: choose smaller layers or fewer shards',
    );
    expect(refused([22_000, 22_000], { parallel: 'rows', momentum: 0.9 })).toMatch(
      /parameters, which needs 5\.70 GiB, but a WebAssembly memory has 4\.00 GiB: choose smaller layers$/,
    );
    expect(refused([30_000, 30_000])).toBe(
      '2 --hidden gives a network of 923,880,010 parameters, which does not fit into memory: choose smaller layers',
    );
    expect(refused([30_000, 30_000], { backend: 'reference' })).toMatch(/does not fit into memory/);
    expect(refused([128])).toBeUndefined();
    // The size of a folder's images is not known yet.
    expect(refused([22_000, 22_000], { data: '/data/digits' })).toBeUndefined();
  });
});

test('a saved model that is too large is blamed as the model', () => {
  const samples = samplesOf(10);
  const { plan } = sizeOf(0, [30_000, 30_000]);
  const size = { plan, sets: [{ samples, places: allPlaces(samples) }], workers: 2 };
  expect(() => assertRoom(size, { backend: 'wasm', source: 'mnist', model: '/model.onnx' })).toThrow(
    new MicronnError(
      'MODEL_TOO_LARGE',
      'the model has 923,880,010 parameters, which does not fit into memory',
      {
        file: '/model.onnx',
      },
    ),
  );
});

test('memory that the system refuses is said so, with the data and its size', async () => {
  const size = sizeOf(1000, [10]);
  const cause = new RangeError('WebAssembly.Memory(): could not allocate memory');
  const work = inRoom(size, { backend: 'wasm', source: 'mnist' }, () => Promise.reject(cause));
  await expect(work).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      /^1,000 samples of 784 pixels and a network of 7,960 parameters need at least 0\.\d MiB, but the system refuses to reserve memory \(WebAssembly.Memory\(\): could not allocate memory\): free memory, or raise the limit of addresses \(ulimit -v\)$/,
    ),
    cause,
  });
});
