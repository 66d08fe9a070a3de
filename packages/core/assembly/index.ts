// The functions that the host calls; src/kernels/compile.ts describes them. The kernels allocate no memory and check
// nothing: the host provides all addresses and sizes.
export { dataAverageAndStep } from './data/average-and-step';
export { dataBackward } from './data/backward';
export { dataForward } from './data/forward';
export { evaluate } from './evaluate';
export { makeLists } from './make-lists';
export { rowsBackward, rowsForward } from './rows/forward-and-backward';
export { rowsForwardFirst } from './rows/forward-first-layer';
export { rowsAverageAndStep } from './rows/gradient-and-step';
export { shuffle } from './shuffle';

export const constantsEnd: usize = __heap_base;
