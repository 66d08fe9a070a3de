// What the host calls; src/kernels/compile.ts describes each for it. Nothing here allocates, and nothing is checked: all
// addresses and sizes are the host's.
export { dataAverageAndStep } from './data/average-and-step';
export { dataBackward } from './data/backward';
export { dataForward } from './data/forward';
export { evaluate } from './evaluate';
export { rowsBackward, rowsForward } from './rows';
export { rowsForwardFirst } from './rows/first-layer-forward';
export { rowsAverageAndStep } from './rows/rows-gradient';

export const constantsEnd: usize = __heap_base;
