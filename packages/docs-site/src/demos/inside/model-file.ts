import { decodeSafetensors, encodeSafetensors, type Network, type Tensor, tensorPlaces } from '@micronn/core';
import { parseModel, stringifyModel } from '@micronn/core/json';
import { ModelFileError, networkOfTensors } from '../../desk/model-tensors.ts';
import { decodeNpz, encodeNpz } from './npz.ts';

/** The kinds of file that weights go out as and come in from. */
export const modelFormats = ['safetensors', 'json', 'npz'] as const;

export type ModelFormat = (typeof modelFormats)[number];

/** What the site says of itself in a file that it makes. */
const metadata = { madeBy: 'MicroNN' };

/** A network as a file's bytes. */
export function encodeModelFile(network: Network, format: ModelFormat): Uint8Array<ArrayBuffer> {
  switch (format) {
    case 'safetensors':
      return encodeSafetensors({ tensors: tensorsOf(network), metadata });
    case 'json':
      return new TextEncoder().encode(stringifyModel({ network, metadata }));
    case 'npz':
      return encodeNpz(
        // The tutorial's class calls them w1, b1, w2, b2, and its samples are columns, so its biases are too.
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
 * The network in a file, whose kind its first bytes tell.
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
