import * as core from '../../src/index.ts';
import * as kernels from '../../src/kernels/index.ts';
// @ts-expect-error -- plain JavaScript, like the consumer
import { train } from './consumer/compute.js';

/** The expected results of every consumer: the tutorial's losses, and the bits of the kernels' sources here. */
export const expectedStep = { lossBefore: '0.70118', lossAfter: '0.63372' };
export const expectedFile = (await train(core, kernels)) as number[];
