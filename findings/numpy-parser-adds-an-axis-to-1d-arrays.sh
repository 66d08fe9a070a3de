#!/usr/bin/env bash
# Expected: A one-dimensional array of shape (3,) is read with shape [3].
# Actual: The shape is [3, 1], because the header's `3,` is completed to `3,1` to make it JSON. An
#   empty array of shape (0,) becomes [0, 1]. Two-dimensional shapes are read as they are.
# Version: numpy-parser 1.2.3.
# Why it matters: Labels and biases are one-dimensional: code that tells vectors from matrices by
#   the rank takes the wrong branch.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  numpy-parser@1.2.3 >/dev/null

cat >probe.mjs <<'PROGRAM'
import numpyParser from 'numpy-parser';

// A minimal .npy file, format version 1.0.
function npy(descr, shape, data) {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11) + '\n';
  const file = new Uint8Array(10 + header.length + data.length);
  file.set([0x93, 78, 85, 77, 80, 89, 1, 0, header.length & 255, header.length >> 8]);
  file.set(Buffer.from(header), 10);
  file.set(data, 10 + header.length);
  return file.buffer;
}

for (const [shape, data] of [['(3,)', [7, 8, 9]], ['(0,)', []], ['(3, 1)', [7, 8, 9]], ['(2, 3)', [1, 2, 3, 4, 5, 6]]]) {
  const { shape: read } = numpyParser.fromArrayBuffer(npy('|u1', shape, data));
  console.log(`${shape} is read as [${read.join(', ')}]`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
(3,) is read as [3, 1]
(0,) is read as [0, 1]
(3, 1) is read as [3, 1]
(2, 3) is read as [2, 3]
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
