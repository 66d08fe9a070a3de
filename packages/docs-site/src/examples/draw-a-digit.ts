import { argmax, forward, type Network } from '@micronn/core';
import { normalizeStrokes, type Stroke } from '@micronn/core/digit';

/**
 * The prediction of a network for a drawing, with its probability;
 * undefined for an empty drawing.
 */
export function readDrawing(
  network: Network,
  strokes: readonly Stroke[],
): { digit: number; probability: number } | undefined {
  const image = normalizeStrokes(strokes);
  if (!image) return undefined;
  const x = Float64Array.from(image, (byte) => byte / 255);
  const { probabilities } = forward(network, x);
  const digit = argmax(probabilities)[0]!;
  return { digit, probability: probabilities[digit]! };
}
