import { step, train } from './compute.js';
import * as core from './node_modules/@micronn/core/dist/index.js';
import * as kernels from './node_modules/@micronn/core/dist/kernels.js';

globalThis.stepFound = step(core);
globalThis.trained = train(core, kernels);
