import type { Graph, Node } from './onnx-graph.ts';
import { floatTypes, unsupported } from './onnx-tensors.ts';

/** The chain of an ONNX graph's nodes while it is followed, and the nodes that leave its values as they are. */

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** (outputs × inputs). */
  readonly W: Float64Array;
  readonly b: Float64Array;
}

/**
 * Where the chain stands: `input` before the first layer, `linear` behind a layer, `relu` behind its activation, and
 * `done` behind Softmax or ArgMax, from where on nothing belongs to the network.
 */
export type Stage = 'input' | 'linear' | 'relu' | 'done';

export interface Chain {
  readonly graph: Graph;
  stage: Stage;
  layers: Layer[];
  /** The names of the values that may still be read: the last one, and behind the last layer all. */
  values: Set<string>;
  /** The sizes of the current value, −1 where they are free; undefined if unknown. */
  shape: readonly number[] | undefined;
  /** x = factor·input + shift, for each input or one for all. */
  factor: Float64Array;
  shift: Float64Array;
  /** Whether the inputs are bytes, from 0 to 255. */
  isPixels: boolean;
  types: Set<string>;
}

/** Operators that keep the values. */
export const keepsValues: ReadonlySet<string> = new Set([
  'Identity',
  'Dropout',
  'Cast',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
]);

/** Operators that leave the values of a sample and their order as they are. */
export function keepValues(chain: Chain, node: Node): void {
  const { operator, title, attributes, inputs } = node;
  const { graph, shape } = chain;
  const second = graph.constants.get(inputs[1] ?? '');
  switch (operator) {
    case 'Dropout': {
      const training = graph.constants.get(inputs[2] ?? '')?.();
      if (training?.values[0])
        throw unsupported(`ONNX operator ${title} is in training mode: export for inference`);
      break;
    }
    case 'Cast':
      if (!floatTypes.has(attributes.get('to')?.whole ?? 0)) {
        throw unsupported(`ONNX operator ${title} casts to whole numbers`);
      }
      break;
    case 'Flatten': {
      const axis = attributes.get('axis')?.whole ?? 1;
      if (axis !== 1 && axis !== 1 - (shape?.length ?? 0)) {
        throw unsupported(`ONNX operator ${title} has axis ${axis}, which mixes samples: axis 1 is read`);
      }
      chain.shape = shape && [-1, sampleSize(shape) ?? -1];
      break;
    }
    case 'Reshape':
      chain.shape = second ? [...second().values] : undefined;
      break;
    case 'Transpose':
      chain.shape = turned(node, shape);
      break;
    case 'Squeeze':
    case 'Unsqueeze':
      chain.shape = undefined;
      break;
    default:
  }
}

/** Transpose of the data leaves the order as it is if only axes of size 1 move, such as a single channel. */
function turned({ title, attributes }: Node, shape: readonly number[] | undefined): number[] {
  const axes = attributes.get('perm')?.wholes ?? [];
  const sizes = axes.map((axis) => shape?.[axis] ?? -1);
  const moving = axes.slice(1).filter((_, k) => sizes[k + 1] !== 1);
  if (!shape || axes[0] !== 0 || moving.some((axis, k) => k > 0 && axis < moving[k - 1]!)) {
    throw unsupported(`ONNX operator ${title} turns the input: pixels are read row by row`);
  }
  return sizes;
}

/** The number of values of a sample; undefined where it is free. */
export function sampleSize(shape: readonly number[]): number | undefined {
  const sizes = shape.length > 1 ? shape.slice(1) : shape;
  return sizes.some((size) => size < 1) ? undefined : sizes.reduce((product, size) => product * size, 1);
}
