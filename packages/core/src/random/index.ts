/** @micronn/core/random: chance from a seed, the same draws on every machine. */
export { ShapeError } from '../shapes.ts';
export { philoxInto } from './philox.ts';
export {
  createRandomStream,
  type EpochOrder,
  epochOrderInto,
  type Purpose,
  permutationInto,
  type RandomStream,
  shuffle,
} from './random-stream.ts';
