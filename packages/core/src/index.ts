/** @micronn/core: the mathematics of a small neural network, on typed arrays. */
export {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  SafetensorsError,
  type Tensor,
} from './formats/safetensors.ts';
export { createNetwork, type Initialization, initializations } from './initialize.ts';
export {
  type LayerView,
  layerViews,
  type Network,
  parameterBytes,
  parameterCount,
  type TensorPlace,
  tensorPlaces,
} from './parameters.ts';
export { philoxInto } from './random/philox.ts';
export {
  createRandomStream,
  type EpochOrder,
  epochOrderInto,
  type Purpose,
  permutationInto,
  type RandomStream,
  shuffle,
} from './random/random-stream.ts';
export { relu, reluDerivative, reluInto, softmax, softmaxInto } from './reference/activations.ts';
export { type BackwardPass, backward } from './reference/backward.ts';
export { exp, log } from './reference/elementary.ts';
export { type ForwardPass, forward } from './reference/forward.ts';
export {
  type GradientCheckOptions,
  type GradientCheckResult,
  type GradientComparison,
  gradientCheck,
} from './reference/gradient-check.ts';
export { linear, linearInto } from './reference/linear.ts';
export { crossEntropy, crossEntropyFromLogits, oneHot } from './reference/loss.ts';
export { accuracy, argmax, confusionMatrix, predict } from './reference/prediction.ts';
export {
  addSampleGradient,
  createSampleWorkspace,
  forwardSample,
  type SampleWorkspace,
} from './reference/sample.ts';
export { scalePixels } from './reference/scale-pixels.ts';
export { type SgdOptions, sgdStep } from './reference/sgd.ts';
export { type Trace, type TraceEntry, type TracePhase, traceStep } from './reference/trace.ts';
export { type Layers, ShapeError } from './shapes.ts';
