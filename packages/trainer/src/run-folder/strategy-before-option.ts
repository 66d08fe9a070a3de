import { countIn } from '../data/fingerprint.ts';
import type { ParallelStrategy } from '../training/memory.ts';
import type { Checkpoint } from './checkpoint.ts';

/** The widest first layer, in outputs, that was trained by data on large batches. */
const NARROW = 20;
const LARGE_BATCH = 512;

/**
 * The strategy of a run that was saved before `--parallel` existed: `data` for a narrow first layer and large batches,
 * otherwise `rows`. The reference backend has always been data-parallel.
 */
export function strategyBeforeOption({
  layers,
  configuration,
  data,
}: Pick<Checkpoint, 'layers' | 'configuration' | 'data'>): ParallelStrategy {
  const { batchSize, validationSplit, backend } = configuration;
  if (backend === 'reference') return 'data';
  const count = countIn(data) ?? LARGE_BATCH;
  const held = Math.round(count * Number(validationSplit ?? 0));
  const isLarge = batchSize === 'full' || Number(batchSize) >= Math.min(LARGE_BATCH, count - held);
  return layers[1]! <= NARROW && isLarge ? 'data' : 'rows';
}
