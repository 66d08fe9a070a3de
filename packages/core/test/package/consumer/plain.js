import * as core from '@micronn/core';
import * as kernels from '@micronn/core/kernels';
import { step, train } from './compute.js';

const found = { node: process.version, step: step(core), file: await train(core, kernels) };
process.stdout.write(JSON.stringify(found));
