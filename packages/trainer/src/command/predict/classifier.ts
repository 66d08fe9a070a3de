import { layerViews, linearInto, type Network, relu, softmax } from '@micronn/core';
import { MicronnError } from '../../errors.ts';

/** Computes the probabilities of one image after another. */
export interface Classifier {
  /**
   * The probabilities of the classes, the same to the last bit as those of core's `forward`.
   *
   * @param pixels D bytes from 0 (paper) to 255 (ink)
   * @throws MicronnError (exit code 6) when they are not finite
   */
  classify(pixels: Uint8Array): Float64Array;
}

/**
 * A classifier of sparse images: the first layer adds the weights of those pixels alone that are not 0, in their order.
 *
 * @param file the file of the model, for errors
 */
export function createClassifier({ layers, parameters }: Network, file: string): Classifier {
  const [first, ...others] = layerViews(parameters, layers);
  const { W, b, inputs, outputs } = first!;
  // (D, H): the weights of a pixel side by side.
  const byPixel = new Float64Array(W.length);
  for (let h = 0; h < outputs; h++) {
    for (let j = 0; j < inputs; j++) byPixel[j * outputs + h] = W[h * inputs + j]!;
  }
  return {
    classify(pixels) {
      const z1 = new Float64Array(outputs);
      for (let j = 0; j < inputs; j++) {
        if (pixels[j] === 0) continue;
        const x = pixels[j]! / 255;
        const at = j * outputs;
        for (let h = 0; h < outputs; h++) z1[h]! += byPixel[at + h]! * x;
      }
      for (let h = 0; h < outputs; h++) z1[h]! += b[h]!;
      let z: Float64Array = z1;
      for (const layer of others) {
        const next = new Float64Array(layer.outputs);
        linearInto(next, layer.W, layer.b, relu(z));
        z = next;
      }
      if (!z.every(Number.isFinite)) throw overflow(file);
      return softmax(z, z.length);
    },
  };
}

function overflow(file: string): MicronnError {
  return new MicronnError(
    'MODEL_OVERFLOW',
    'the outputs of the model are not finite numbers: its parameters are too large',
    { file },
  );
}
