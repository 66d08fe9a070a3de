import { oneHot } from '@micronn/core';

// One label of ten classes: ten values, a single 1 at index 3.
export const three = oneHot([3], 10);

// Several labels at once, one vector after another.
export const y = oneHot([1, 0], 2);
