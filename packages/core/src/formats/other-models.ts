/** Reading of models that other programs wrote; part of the source alone, not of the published package. */
export type { Failure } from './failure.ts';
export { foldInputScale, type InputScale } from './input-scale.ts';
export { type OnnxNetwork, readOnnx } from './onnx-network.ts';
export { networkOfTensors, type TensorNetwork } from './tensor-network.ts';
