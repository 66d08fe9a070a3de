/**
 * @micronn/core/shared-memory: a run of the kernels that several threads share. The trainer is built on it: it sets a run
 * up once, posts it to its workers, and each takes its part of every step.
 */
export { ShapeError } from '../shapes.ts';
export { compileKernels } from './compile.ts';
export { type ListTask, makeLists } from './lists.ts';
export type { EvaluationAddresses, KernelSettings, MemoryPlan } from './plan.ts';
export {
  createKernelRun,
  type KernelRun,
  type KernelSamples,
  type RunRequest,
  type RunSetup,
  readState,
  restoreState,
  type TrainedState,
} from './run.ts';
export type { Chunk, KernelSteps } from './steps.ts';
export { createKernelWorker, type KernelWorker } from './worker.ts';
