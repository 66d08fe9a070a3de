/** @micronn/core/kernels: training and inference on float32 in WebAssembly SIMD, the same bits everywhere. */
export { ShapeError } from '../shapes.ts';
export {
  compileKernels,
  createKernelMemory,
  instantiateKernels,
  type Kernels,
} from './compile.ts';
export {
  type Chunk,
  createKernelWorker,
  type KernelWorker,
  type StepSettings,
} from './kernel-worker.ts';
export {
  type KernelLayer,
  type KernelLayout,
  layoutNetwork,
  MOST_INPUTS,
  packParametersInto,
  unpackParameters,
} from './layout.ts';
export {
  type EvaluationAddresses,
  type MemoryPlan,
  type MemoryRequest,
  type PassAddresses,
  planMemory,
} from './memory-plan.ts';
export { type SampleAddresses, writeNetwork } from './network.ts';
export {
  accumulateStarts,
  countWordsInto,
  type ListGroup,
  type ListLayout,
  type ListRequest,
  layoutLists,
  startsCount,
  writeListsInto,
} from './sample-lists.ts';
export {
  createKernelTraining,
  type KernelEvaluation,
  type KernelTraining,
  type KernelTrainingOptions,
} from './training.ts';
