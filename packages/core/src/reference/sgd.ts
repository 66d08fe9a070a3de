import { assertBelowOne, assertPositive, assertSameLength } from '../shapes.ts';

/** Options of a step. */
export interface SgdOptions {
  /** The tutorial's α. */
  readonly learningRate: number;
  /** μ from [0, 1); the default is 0, the tutorial's plain gradient descent. */
  readonly momentum?: number;
  /** v, zeros before the first step, kept by the caller between steps; required with momentum, unused without. */
  readonly velocity?: Float64Array;
}

/**
 * One step of gradient descent, in place: W ← W − α·dW and b ← b − α·db.
 *
 * With momentum: v ← μ·v + dW, W ← W − α·v (the form of PyTorch's SGD; Polyak 1964).
 *
 * Source: tutorial, step 7.
 *
 * @throws ShapeError when the lengths differ, when momentum has no velocity, or when α or μ is out of range
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
