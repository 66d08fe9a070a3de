import {
  layerViews,
  parameterCount,
  tensorPlaces,
} from '@micronn/core';

const layers = [784, 10, 10];
export const count = parameterCount(layers);

// The places of W1, b1, W2 and b2 in the vector of all parameters.
export const places = tensorPlaces(layers);

// The same as views: writing to W or b writes to the vector.
const parameters = new Float64Array(count);
export const [hidden, output] = layerViews(parameters, layers);
