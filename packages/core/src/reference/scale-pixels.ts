import { assertBytes } from '../shapes.ts';

/**
 * x = byte / 255: pixels as the network takes them, from 0 (paper) to 1 (ink).
 *
 * Shapes: bytes and x have the same length: m images of D pixels one after another.
 *
 * The reference takes scaled pixels and the kernels take bytes, which they scale themselves. A network that is given bytes
 * where it expects scaled pixels answers almost always the same, with a probability near 1.
 *
 * Source: tutorial, step 1.
 *
 * @throws ShapeError when the pixels are not bytes
 */
export function scalePixels(bytes: Uint8Array | Uint8ClampedArray): Float64Array<ArrayBuffer> {
  assertBytes('scalePixels', 'bytes', bytes);
  return Float64Array.from(bytes, (byte) => byte / 255);
}
