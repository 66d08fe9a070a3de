#!/usr/bin/env bash
# Expected: `serialize` of a bool tensor writes dtype |b1, or throws because only float32 and
#   int32 are supported.
# Actual: A file is written whose header has the dtype 'undefined' and whose values are all 0. The
#   package's own `parse` then rejects the file.
# Version: tfjs-npy 0.0.3 (with @tensorflow/tfjs-core 0.9.1).
# Why it matters: Comparing predictions with labels gives a bool tensor; stored this way, the
#   results are lost without an error.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  tfjs-npy@0.0.3 @tensorflow/tfjs-core@0.9.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import * as tf from '@tensorflow/tfjs-core';
import { parse, serialize } from 'tfjs-npy';

const file = await serialize(tf.tensor1d([1, 0, 1, 1], 'bool'));
const text = Buffer.from(file).toString('latin1');
const start = 10 + new DataView(file).getUint16(8, true);
console.log(`header: ${text.slice(10, start).trim()}`);
console.log(`values: ${[...new Uint8Array(file, start)].join(' ')}`);
try {
  parse(file);
  console.log('parse accepts the file');
} catch (error) {
  console.log(`parse: ${error.message}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
header: {'descr': 'undefined', 'fortran_order': False, 'shape': (4,), }
values: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
parse: Unknown dtype "undefined". Implement me.
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
