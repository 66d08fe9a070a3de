import { parameterCount, tensorPlaces } from '@micronn/core';

/** A weight matrix or a bias vector: its name, and where its size comes from. */
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
  /** One for each weight: what a forward pass costs. */
  readonly multiplications: number;
  /** As a model file holds them: float32. */
  readonly bytes: number;
}

/** The network of the tutorial. */
export const digits: readonly number[] = [784, 10, 10];

/** The sizes that a layer may have here. */
export const sizes: readonly [least: number, most: number] = [1, 1024];

/** Layers, counted by core. */
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

/** The layers with one hidden layer more or less, before the output. */
export function withHiddenLayers(layers: readonly number[], hidden: number): readonly number[] {
  const now = layers.slice(1, -1);
  const added = Array.from({ length: Math.max(hidden - now.length, 0) }, () => now.at(-1) ?? 10);
  return [layers[0]!, ...now.slice(0, hidden), ...added, layers.at(-1)!];
}

/** What each layer is called: the input, hidden ones by number where there are two, the output. */
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
  return `${layers.join('-')} has ${p} parameters, takes ${m} multiplications for one input, and fits into ${b} bytes.`;
}
