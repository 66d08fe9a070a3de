/** @micronn/core/kernels: training and inference on float32 in WebAssembly SIMD, the same bits everywhere. */
export { ShapeError } from '../shapes.ts';
export type { Labels } from './labels.ts';
export { MOST_INPUTS, type ParallelStrategy, parallelStrategies } from './layout.ts';
export {
  createKernelTraining,
  type KernelEvaluation,
  type KernelTraining,
  type KernelTrainingOptions,
} from './training.ts';
