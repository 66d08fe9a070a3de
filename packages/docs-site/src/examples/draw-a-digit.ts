import {
  argmax,
  forward,
  type Network,
  scalePixels,
} from '@micronn/core';
import { normalizeStrokes, type Stroke } from '@micronn/core/digit';

/**
 * Predicts the digit in a drawing, with its probability; returns
 * undefined for an empty drawing.
 */
export function readDrawing(
  network: Network,
  strokes: readonly Stroke[],
): { digit: number; probability: number } | undefined {
  const image = normalizeStrokes(strokes);
  if (!image) return undefined;
  const x = scalePixels(image);
  const { probabilities } = forward(network, x);
  const digit = argmax(probabilities)[0]!;
  return { digit, probability: probabilities[digit]! };
}
