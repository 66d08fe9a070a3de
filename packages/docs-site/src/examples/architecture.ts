import {
  layerViews,
  parameterCount,
  tensorPlaces,
} from '@micronn/core';

const layers = [784, 10, 10];
export const count = parameterCount(layers);

// Where W1, b1, W2 and b2 lie in the one vector that holds all
// parameters.
export const places = tensorPlaces(layers);

// The same as views: what is written to W or b is written to the
// vector.
const parameters = new Float64Array(count);
export const [hidden, output] = layerViews(parameters, layers);
