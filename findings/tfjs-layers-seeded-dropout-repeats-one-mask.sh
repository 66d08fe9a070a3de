#!/usr/bin/env bash
# Expected: A seed makes the sequence of dropout masks reproducible; each batch still gets a new
#   mask.
# Actual: With a seed, every call uses the same mask, so the same units are dropped in every step
#   of the training. Without a seed the masks differ.
# Version: @tensorflow/tfjs-layers 4.22.0.
# Why it matters: Setting the seed for a reproducible run removes a fixed part of the network
#   instead of regularising it.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers } from '@tensorflow/tfjs-layers';

await tf.setBackend('cpu');
const ones = tf.ones([1, 32]);
for (const config of [{ rate: 0.5, seed: 7 }, { rate: 0.5 }]) {
  const dropout = layers.dropout(config);
  const masks = Array.from({ length: 5 }, () => dropout.apply(ones, { training: true }).dataSync().join(''));
  if (config.seed === undefined) console.log(`no seed: ${new Set(masks).size > 1 ? 'masks differ' : 'one mask'}`);
  else console.log(`seed ${config.seed}: ${new Set(masks).size} mask(s) in 5 calls: ${masks[0]}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
seed 7: 1 mask(s) in 5 calls: 00020000202222000002202022200202
no seed: masks differ
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
