/** @micronn/core/random: random draws from a seed, the same on every machine. */
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
