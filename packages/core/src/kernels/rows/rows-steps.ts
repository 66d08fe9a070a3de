import type { Kernels } from '../compile.ts';
import { segmentBounds, shareBound } from '../layout.ts';
import type { MemoryPlan } from '../plan.ts';
import type { Chunk, KernelSteps } from '../steps.ts';

/**
 * The strategy `rows`, for the smallest networks: each worker owns rows of every layer. For all samples of a chunk,
 * it computes what its rows of the first layer add to z. After all workers have met, each computes the rest of the
 * forward pass and the backward pass down to dz, for its shards. After the next meeting, each computes the gradient
 * dz·xᵀ of its rows over all samples, and steps these rows. W1 and its gradient never leave a core's cache.
 */
export function rowsSteps(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: MemoryPlan,
  worker: number,
): KernelSteps {
  const { layout, trainers, chunkSize } = plan;
  const { shards } = plan.settings;
  const network = plan.networks[worker]!;
  const losses = new Float32Array(memory.buffer, plan.chunks[worker]!.losses, chunkSize);
  const hits = new Uint16Array(memory.buffer, plan.chunks[worker]!.hits, chunkSize);
  const bounds = segmentBounds(shards, trainers);
  const firstShard = bounds[worker]!;
  const endShard = bounds[worker + 1]!;
  // A worker's shards are consecutive. If their gradients are not kept, their samples are computed together.
  const shardsAtOnce = layout.layers.at(-1)!.hasShardGradients ? 1 : endShard - firstShard;

  return {
    chunkSize,
    compute: [
      ({ from, to }: Chunk) => kernels.rowsForwardFirst(network, from, to - from),
      ({ from, to }: Chunk) => {
        for (let shard = firstShard; shard < endShard; shard += shardsAtOnce) {
          const place = shareBound(to - from, shard, shards);
          const n = shareBound(to - from, shard + shardsAtOnce, shards) - place;
          kernels.rowsForward(network, from + place, n, place);
          kernels.rowsBackward(network, from + place, n, place, shard);
        }
      },
    ],
    sums({ from, to }) {
      let loss = 0;
      let correct = 0;
      for (let k = 0; k < to - from; k++) {
        loss += losses[k]!;
        correct += hits[k]!;
      }
      return { loss, correct };
    },
    averageAndStep: ({ from, to, m, first, last }) =>
      kernels.rowsAverageAndStep(network, to - from, m, first, last),
    // Two workers that share a pair of patches read each other's patches.
    meetsAfterStep:
      layout.layers[0]!.patchBytes > 0 && bounds.some((bound) => bound % 2 === 1 && bound < shards),
  };
}
