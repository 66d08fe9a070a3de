import * as core from '@micronn/core';
import * as kernels from '@micronn/core/kernels';
import { step, train } from './compute.js';

globalThis.stepFound = step(core);
globalThis.trained = train(core, kernels);
