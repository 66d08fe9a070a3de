import type { Kernels } from '../compile.ts';
import { networkFields } from '../fields.ts';
import { shareBound } from '../layout.ts';
import type { MemoryPlan } from '../plan.ts';
import type { Chunk, KernelSteps } from '../steps.ts';

/**
 * The strategy `data`: each worker computes the forward and the backward pass of its shards of the minibatch, and
 * writes the gradients of these shards. After all workers have met, each averages the gradients over its own range of
 * the parameters, in the order of the shards, and steps this range. Then all meet again, because the next forward
 * pass reads all parameters.
 */
export function dataSteps(
  kernels: Kernels,
  { buffer }: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
): KernelSteps {
  const { trainers, chunkSize } = plan;
  const { shards } = plan.settings;
  const network = plan.networks[worker]!;
  const chunk = plan.chunks[worker]!;
  const losses = new Float32Array(buffer, chunk.losses, chunkSize);
  const hits = new Uint16Array(buffer, chunk.hits, chunkSize);
  const shardSums = new Float64Array(buffer, plan.shardSums, 2 * shards);
  const places = new Uint32Array(
    buffer,
    new Uint32Array(buffer, network, networkFields.length)[networkFields.indexOf('shardPlaces')],
    shards + 1,
  );
  const firstShard = shareBound(shards, worker, trainers);
  const endShard = shareBound(shards, worker + 1, trainers);

  /** Computes the forward and the backward pass of order[from … to), the samples of the shards [first … end). */
  function compute(from: number, to: number, first: number, end: number, isFirstChunk: boolean): void {
    kernels.dataForward(network, from, to - from, isFirstChunk);
    kernels.dataBackward(network, from, to - from, first, end, isFirstChunk);
    for (let shard = first; shard < end; shard++) {
      let loss = isFirstChunk ? 0 : shardSums[2 * shard]!;
      let correct = isFirstChunk ? 0 : shardSums[2 * shard + 1]!;
      for (let k = places[shard - first]!; k < places[shard - first + 1]!; k++) {
        loss += losses[k]!;
        correct += hits[k]!;
      }
      shardSums[2 * shard] = loss;
      shardSums[2 * shard + 1] = correct;
    }
  }

  return {
    // No limit for the caller, because `compute` divides the minibatch itself.
    chunkSize: Number.POSITIVE_INFINITY,
    compute: [
      ({ from, to }: Chunk) => {
        const boundOf = (shard: number): number => from + shareBound(to - from, shard, shards);
        const begin = boundOf(firstShard);
        if (boundOf(endShard) - begin <= chunkSize) {
          for (let shard = firstShard; shard <= endShard; shard++) {
            places[shard - firstShard] = boundOf(shard) - begin;
          }
          compute(begin, boundOf(endShard), firstShard, endShard, true);
          return;
        }
        for (let shard = firstShard; shard < endShard; shard++) {
          for (let at = boundOf(shard); at < boundOf(shard + 1); at += chunkSize) {
            const next = Math.min(at + chunkSize, boundOf(shard + 1));
            places[0] = 0;
            places[1] = next - at;
            compute(at, next, shard, shard + 1, at === boundOf(shard));
          }
        }
      },
    ],
    sums() {
      let loss = 0;
      let correct = 0;
      for (let shard = 0; shard < shards; shard++) {
        loss += shardSums[2 * shard]!;
        correct += shardSums[2 * shard + 1]!;
      }
      return { loss, correct };
    },
    averageAndStep: ({ m }) => kernels.dataAverageAndStep(network, m),
    meetsAfterStep: true,
  };
}
