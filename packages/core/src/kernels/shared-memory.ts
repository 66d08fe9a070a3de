/**
 * @micronn/core/shared-memory: a run of the kernels that several threads share. The trainer uses it: it creates a run
 *   once and posts it to its workers, which divide every step among them.
 */
export { ShapeError } from '../shapes.ts';
export { compileKernels, createKernelMemory, MOST_BYTES } from './compile.ts';
export type { Labels } from './labels.ts';
export { imagesIn, type ListTask, makeLists, type ReadImages } from './lists.ts';
export { orderEpoch } from './order.ts';
export type { EvaluationAddresses, KernelSettings, MemoryPlan } from './plan.ts';
export {
  createKernelRun,
  type KernelRun,
  type KernelSamples,
  planKernelRun,
  type RunRequest,
  type RunSetup,
  readState,
  restoreState,
  type TrainedState,
} from './run.ts';
export type { Chunk, KernelSteps } from './steps.ts';
export { createKernelWorker, type KernelWorker } from './worker.ts';
