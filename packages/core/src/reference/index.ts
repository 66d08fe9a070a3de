/** @micronn/core/reference: the tutorial's mathematics in float64, formula by formula. */
export { createNetwork, type Initialization, initializations } from '../initialize.ts';
export {
  type LayerView,
  layerViews,
  type Network,
  parameterBytes,
  parameterCount,
  type TensorPlace,
  tensorPlaces,
} from '../parameters.ts';
export { type Layers, ShapeError } from '../shapes.ts';
export { relu, reluDerivative, reluInto, softmax, softmaxInto } from './activations.ts';
export { type BackwardPass, backward } from './backward.ts';
export { exp, log } from './elementary.ts';
export { type ForwardPass, forward } from './forward.ts';
export {
  type GradientCheckOptions,
  type GradientCheckResult,
  type GradientComparison,
  gradientCheck,
} from './gradient-check.ts';
export { linear, linearInto } from './linear.ts';
export { crossEntropy, crossEntropyFromLogits, oneHot } from './loss.ts';
export { accuracy, argmax, confusionMatrix, predict } from './prediction.ts';
export {
  addSampleGradient,
  createSampleWorkspace,
  forwardSample,
  type SampleWorkspace,
} from './sample.ts';
export { scalePixels } from './scale-pixels.ts';
export { type SgdOptions, sgdStep } from './sgd.ts';
export { type Trace, type TraceEntry, type TracePhase, traceStep } from './trace.ts';
