#!/usr/bin/env bash
# Expected: Numbers become bool the same way everywhere: 0 is false, all others are true.
# Actual: `tensor1d(values, 'bool')` rounds first, so everything from -0.5 to below 0.5 is false.
#   `cast` to bool tests for nonzero, so the same values are true.
# Version: @tensorflow/tfjs-core 4.22.0.
# Why it matters: A mask made from pixels scaled to 0..1 loses all grey below half when it is
#   created as bool, and keeps it when it is cast.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');
const values = [0, 0.25, 0.49, 0.5, 1, -0.25, -0.75];
console.log(`values:  ${values.join(' ')}`);
console.log(`created: ${tf.tensor1d(values, 'bool').dataSync().join(' ')}`);
console.log(`cast:    ${tf.cast(tf.tensor1d(values), 'bool').dataSync().join(' ')}`);
PROGRAM

cat >recorded.txt <<'OUTPUT'
values:  0 0.25 0.49 0.5 1 -0.25 -0.75
created: 0 0 0 1 1 0 1
cast:    0 1 1 1 1 1 1
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
