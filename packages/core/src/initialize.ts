import { layerViews, type Network } from './parameters.ts';
import { createRandomStream } from './random/random-stream.ts';
import { assertOneOf, assertSeed, type Layers, layersParameterCount } from './shapes.ts';

/**
 * How the initial parameters are drawn:
 * - `uniform`: weights and biases from [−0.5, 0.5), as in the tutorial;
 * - `he`: weights from [−√(6/inputs), √(6/inputs)), biases 0, which suits ReLU in wider and deeper
 *   networks (He et al., "Delving Deep into Rectifiers", 2015);
 * - `glorot`: weights from [−√(6/(inputs + outputs)), √(6/(inputs + outputs))), biases 0 (Glorot and
 *   Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010).
 */
export type Initialization = 'uniform' | 'he' | 'glorot';

/** All initializations, for a menu or an option. */
export const initializations: readonly Initialization[] = ['uniform', 'he', 'glorot'];

/**
 * A network with parameters drawn from a seed (step 1 of the tutorial), in canonical order.
 *
 * Every value is rounded to float32, so the float64 reference and the float32 kernels start from the same numbers,
 * and a saved model is exactly the one that was drawn.
 *
 * @throws ShapeError if layers, seed or init is invalid, or for more than 2²⁹ parameters
 */
export function createNetwork(
  layers: Layers,
  { seed, init = 'uniform' }: { seed: number; init?: Initialization },
): Network {
  assertOneOf('createNetwork', 'init', init, initializations);
  assertSeed('createNetwork', seed);
  const parameters = new Float64Array(layersParameterCount('createNetwork', layers));
  const random = createRandomStream(seed, 'initialization');
  if (init === 'uniform') {
    for (let k = 0; k < parameters.length; k++) parameters[k] = random.nextUnit() - 0.5;
    return { layers, parameters };
  }
  for (const { inputs, outputs, W } of layerViews(parameters, layers)) {
    const limit = Math.sqrt(6 / (init === 'he' ? inputs : inputs + outputs));
    for (let k = 0; k < W.length; k++) W[k] = Math.fround(limit * (2 * random.nextUnit() - 1));
  }
  return { layers, parameters };
}
