import * as core from '../../src/index.ts';
import * as kernels from '../../src/kernels/index.ts';
// @ts-expect-error -- plain JavaScript, as the consumer is
import { train } from './consumer/compute.js';

/** What every consumer must find: the tutorial's losses, and the bits that the kernels' sources give here. */
export const expectedStep = { lossBefore: '0.70118', lossAfter: '0.63372' };
export const expectedFile = (await train(core, kernels)) as number[];
