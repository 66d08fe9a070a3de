import { parameterCount, tensorPlaces } from '@micronn/core';

/** A weight matrix or a bias vector with its shape. */
interface SizedTensor {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
}

export interface Architecture {
  readonly layers: readonly number[];
  readonly tensors: readonly SizedTensor[];
  readonly parameters: number;
  /** Multiplications of a forward pass: one for each weight. */
  readonly multiplications: number;
  /** Size of the parameters as float32, as in a model file. */
  readonly bytes: number;
}

/** The network of the tutorial. */
export const digits: readonly number[] = [784, 10, 10];

/** The range of a layer's size in the demo. */
export const sizes: readonly [least: number, most: number] = [1, 1024];

/** The tensors of a network with these layers, and their counts. */
export function architectureOf(layers: readonly number[]): Architecture {
  const tensors = tensorPlaces(layers).map(({ name, shape: [rows, columns = 1], length }) => ({
    name,
    rows: rows!,
    columns,
    count: length,
  }));
  const parameters = parameterCount(layers);
  return {
    layers,
    tensors,
    parameters,
    multiplications: tensors.reduce((sum, { name, count }) => sum + (name.startsWith('W') ? count : 0), 0),
    bytes: parameters * 4,
  };
}

/** The layers with this number of hidden layers; new ones come before the output. */
export function withHiddenLayers(layers: readonly number[], hidden: number): readonly number[] {
  const now = layers.slice(1, -1);
  const added = Array.from({ length: Math.max(hidden - now.length, 0) }, () => now.at(-1) ?? 10);
  return [layers[0]!, ...now.slice(0, hidden), ...added, layers.at(-1)!];
}

/** A name for each layer. Hidden layers have a number if there are several. */
export function layerNames(layers: readonly number[]): readonly string[] {
  const last = layers.length - 1;
  return layers.map((_, l) => {
    if (l === 0) return 'Inputs';
    if (l === last) return 'Classes';
    return last === 2 ? 'Hidden' : `Hidden ${l}`;
  });
}

/** The result in a sentence. */
export function describeArchitecture({ layers, parameters, multiplications, bytes }: Architecture): string {
  const [p, m, b] = [parameters, multiplications, bytes].map((value) => value.toLocaleString('en'));
  return `${layers.join('-')} has ${p} parameters, needs ${m} multiplications per input, and takes ${b} bytes.`;
}
