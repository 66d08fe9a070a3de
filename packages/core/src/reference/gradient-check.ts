import { type Network, tensorPlaces } from '../parameters.ts';
import {
  assertClasses,
  assertNotNegative,
  assertParameters,
  assertPositive,
  assertSameLength,
  assertSomeSamples,
  sampleCount,
} from '../shapes.ts';
import { backward } from './backward.ts';
import { type ForwardPass, forward } from './forward.ts';
import { crossEntropyFromLogits } from './loss.ts';

/** Options of the check; the defaults suit float64. */
export interface GradientCheckOptions {
  /** ε, the distance by which each parameter is moved to either side. */
  readonly epsilon?: number;
  readonly absoluteTolerance?: number;
  /** Relative to the central difference. */
  readonly relativeTolerance?: number;
  /** Samples with a hidden |z| below this margin are set aside, because the slopes differ at ReLU's kink. */
  readonly kinkMargin?: number;
  /** Computes the gradients to check, of the mean loss, flat and in canonical order; {@link backward} by default. */
  readonly gradientsOf?: (network: Network, x: Float64Array, labels: readonly number[]) => Float64Array;
}

/** A gradient compared with its central difference. */
export interface GradientComparison {
  /** The parameter, such as `W1[3,120]` or `b2[0]`. */
  readonly parameter: string;
  readonly analytic: number;
  readonly numeric: number;
  readonly difference: number;
}

/** The result of the check. */
export interface GradientCheckResult {
  /** Number of parameters compared: all of them. */
  readonly checked: number;
  readonly samples: number;
  /** Samples set aside because of the kink. */
  readonly setAside: number;
  /** Gradients beyond the tolerance; empty when the check passes. */
  readonly failures: readonly GradientComparison[];
  /** The gradient with the largest difference; NaN counts as the largest. */
  readonly worst: GradientComparison;
}

/**
 * Compares every gradient with the central difference (L(θ + ε) − L(θ − ε)) / 2ε.
 *
 * A gradient passes when |numeric − analytic| ≤ atol + rtol·|numeric|. The check moves the parameters of a copy; the
 * network does not change.
 *
 * Shapes: x is m samples of D values; labels (m).
 *
 * Source: Bishop, "Pattern Recognition and Machine Learning", 5.3.3.
 *
 * @throws ShapeError when sizes do not match, an option is out of range, or every sample is set aside
 */
export function gradientCheck(
  network: Network,
  x: Float64Array,
  labels: ArrayLike<number>,
  options: GradientCheckOptions = {},
): GradientCheckResult {
  const {
    epsilon = 1e-6,
    absoluteTolerance = 1e-5,
    relativeTolerance = 1e-3,
    kinkMargin = 1e-4,
    gradientsOf = backwardGradients,
  } = options;
  assertPositive('gradientCheck', 'epsilon', epsilon);
  assertNotNegative('gradientCheck', 'absoluteTolerance', absoluteTolerance);
  assertNotNegative('gradientCheck', 'relativeTolerance', relativeTolerance);
  assertNotNegative('gradientCheck', 'kinkMargin', kinkMargin);
  const { layers } = network;
  const C = layers.at(-1)!;
  assertParameters('gradientCheck', network.parameters, layers);
  const m = sampleCount('gradientCheck', 'x', x, 'D', layers[0]!);
  assertClasses('gradientCheck', 'labels', labels, m, C);

  const kept = samplesOffTheKink(forward(network, x), layers.slice(1, -1), kinkMargin);
  assertSomeSamples('gradientCheck', kept.length, m, kinkMargin);
  const keptX = gather(x, kept, layers[0]!);
  const keptLabels = kept.map((i) => labels[i]!);
  const moved: Network = { layers, parameters: network.parameters.slice() };
  const gradients = gradientsOf(moved, keptX, keptLabels);
  assertSameLength('gradientCheck', 'gradients', gradients, 'parameters', moved.parameters);
  const loss = (): number => crossEntropyFromLogits(forward(moved, keptX).z.at(-1)!, keptLabels, C);

  const failures: GradientComparison[] = [];
  let worst: GradientComparison | undefined;
  for (const { name, shape, offset, length } of tensorPlaces(layers)) {
    for (let k = 0; k < length; k++) {
      const value = moved.parameters[offset + k]!;
      moved.parameters[offset + k] = value + epsilon;
      const above = loss();
      moved.parameters[offset + k] = value - epsilon;
      const below = loss();
      moved.parameters[offset + k] = value;
      const numeric = (above - below) / (2 * epsilon);
      const analytic = gradients[offset + k]!;
      const difference = Math.abs(numeric - analytic);
      const at = shape.length === 2 ? `${Math.floor(k / shape[1]!)},${k % shape[1]!}` : `${k}`;
      const comparison = { parameter: `${name}[${at}]`, analytic, numeric, difference };
      // In this form, NaN fails.
      if (!(difference <= absoluteTolerance + relativeTolerance * Math.abs(numeric))) {
        failures.push(comparison);
      }
      if (!worst || difference > worst.difference || Number.isNaN(difference)) worst = comparison;
    }
  }
  return {
    checked: moved.parameters.length,
    samples: kept.length,
    setAside: m - kept.length,
    failures,
    worst: worst!,
  };
}

function backwardGradients(network: Network, x: Float64Array, labels: readonly number[]): Float64Array {
  return backward(network, forward(network, x), labels).gradients;
}

function samplesOffTheKink(pass: ForwardPass, hidden: readonly number[], margin: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i < pass.m; i++) {
    const near = hidden.some((size, l) =>
      pass.z[l]!.subarray(i * size, (i + 1) * size).some((z) => Math.abs(z) < margin),
    );
    if (!near) kept.push(i);
  }
  return kept;
}

function gather(x: Float64Array, samples: readonly number[], D: number): Float64Array {
  const gathered = new Float64Array(samples.length * D);
  for (const [to, from] of samples.entries()) gathered.set(x.subarray(from * D, (from + 1) * D), to * D);
  return gathered;
}
