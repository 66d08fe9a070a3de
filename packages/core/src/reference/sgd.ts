import { assertBelowOne, assertPositive, assertSameLength } from '../shapes.ts';

/** How a step is taken. */
export interface SgdOptions {
  /** α in the tutorial. */
  readonly learningRate: number;
  /** μ from [0, 1); 0, the tutorial's plain gradient descent, when left out. */
  readonly momentum?: number;
  /** v, kept by the caller from step to step and begun at zeros; needed with momentum, untouched without. */
  readonly velocity?: Float64Array;
}

/**
 * One step of gradient descent, in place: W ← W − α·dW, and b ← b − α·db likewise.
 *
 * With momentum: v ← μ·v + dW, W ← W − α·v (the form of PyTorch's SGD; Polyak 1964).
 *
 * Source: tutorial, step 7.
 *
 * @throws ShapeError when the lengths differ, with momentum and no velocity, or when α or μ is out of range
 */
export function sgdStep(parameters: Float64Array, gradients: Float64Array, options: SgdOptions): void {
  const { learningRate, momentum = 0, velocity } = options;
  assertPositive('sgdStep', 'learningRate', learningRate);
  assertBelowOne('sgdStep', 'momentum', momentum);
  assertSameLength('sgdStep', 'gradients', gradients, 'parameters', parameters);
  if (momentum === 0) {
    for (let k = 0; k < parameters.length; k++) parameters[k]! -= learningRate * gradients[k]!;
    return;
  }
  assertSameLength('sgdStep', 'velocity', velocity ?? [], 'parameters', parameters);
  for (let k = 0; k < parameters.length; k++) {
    velocity![k] = momentum * velocity![k]! + gradients[k]!;
    parameters[k]! -= learningRate * velocity![k]!;
  }
}
