import { decodeSafetensors, encodeSafetensors, type Network, type Tensor, tensorPlaces } from '@micronn/core';
import { parseModel, stringifyModel } from '@micronn/core/json';
import { ModelFileError, networkOfTensors } from '../../desk/model-tensors.ts';
import { decodeNpz, encodeNpz } from './npz.ts';

/** The file formats to save and load weights. */
export const modelFormats = ['safetensors', 'json', 'npz'] as const;

export type ModelFormat = (typeof modelFormats)[number];

/** Metadata of the files that the site writes. */
const metadata = { madeBy: 'MicroNN' };

/** A network as the bytes of a file. */
export function encodeModelFile(network: Network, format: ModelFormat): Uint8Array<ArrayBuffer> {
  switch (format) {
    case 'safetensors':
      return encodeSafetensors({ tensors: tensorsOf(network), metadata });
    case 'json':
      return new TextEncoder().encode(stringifyModel({ network, metadata }));
    case 'npz':
      return encodeNpz(
        // The tutorial's class has the names w1, b1, w2 and b2. Its samples are columns, and so are its biases.
        new Map(
          Array.from(tensorsOf(network), ([name, { shape, values }]) => [
            name.toLowerCase(),
            { shape: shape.length === 1 ? [shape[0]!, 1] : shape, values },
          ]),
        ),
      );
  }
}

/**
 * The network in a file. The first bytes identify the format.
 *
 * @throws ModelFileError, SafetensorsError or ModelJsonError with the first thing that is wrong
 */
export function decodeModelFile(bytes: Uint8Array): Network {
  const first = String.fromCharCode(...bytes.subarray(0, 2));
  if (first === 'PK') {
    const arrays = Array.from(
      decodeNpz(bytes),
      ([name, tensor]) => [name.replace(/^w/, 'W'), tensor] as const,
    );
    return networkOfTensors(new Map(arrays));
  }
  if (/^\s*\{/.test(first)) {
    const { network } = parseModel(new TextDecoder().decode(bytes));
    return networkOfTensors(tensorsOf(network));
  }
  if (bytes.length === 0) throw new ModelFileError('expected a model, got an empty file');
  return networkOfTensors(decodeSafetensors(bytes).tensors);
}

function tensorsOf({ layers, parameters }: Network): Map<string, Tensor> {
  return new Map(
    tensorPlaces(layers).map(({ name, shape, offset, length }) => [
      name,
      { shape, values: Float32Array.from(parameters.subarray(offset, offset + length)) },
    ]),
  );
}
