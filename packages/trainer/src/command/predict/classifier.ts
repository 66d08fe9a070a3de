import { layerViews, linearInto, type Network, reluInto, softmaxInto } from '@micronn/core';
import { MicronnError } from '../../errors.ts';

/** Computes the probabilities of one image after another. */
export interface Classifier {
  /**
   * The probabilities of the classes, the same to the last bit as those of core's `forward`; valid until the next call.
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
  const z1 = new Float64Array(outputs);
  const upper = others.map((layer) => ({ ...layer, z: new Float64Array(layer.outputs) }));
  const last = upper.at(-1)?.z ?? z1;
  const probabilities = new Float64Array(last.length);
  return {
    classify(pixels) {
      z1.fill(0);
      for (let j = 0; j < inputs; j++) {
        if (pixels[j] === 0) continue;
        const x = pixels[j]! / 255;
        const at = j * outputs;
        for (let h = 0; h < outputs; h++) z1[h]! += byPixel[at + h]! * x;
      }
      for (let h = 0; h < outputs; h++) z1[h]! += b[h]!;
      let a = z1;
      for (const layer of upper) {
        reluInto(a, a);
        linearInto(layer.z, layer.W, layer.b, a);
        a = layer.z;
      }
      for (let c = 0; c < last.length; c++) if (!Number.isFinite(last[c]!)) throw overflow(file);
      softmaxInto(probabilities, last, last.length);
      return probabilities;
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
