import { createHash } from 'node:crypto';
import { createNetwork } from '@micronn/core';
import { expect, test } from 'vitest';
import { parametersSha256 } from './parameters-sha256.ts';

test('the hash is that of the parameters as little-endian float32', async () => {
  const { parameters } = createNetwork([3, 2, 2], { seed: 1 });
  const expected = createHash('sha256')
    .update(new Uint8Array(Float32Array.from(parameters).buffer))
    .digest('hex');
  expect(await parametersSha256(parameters)).toBe(expected);
});
