#!/usr/bin/env bash
# Expected: ArgMax of numbers that include NaN follows one rule, such as NumPy's: the index of the
#   first NaN.
# Actual: Along axis 0 it returns the index of the NaN. Along axis 1, for the same numbers as
#   rows, it returns the index of the largest number unless the NaN comes first.
# Version: onnxruntime-web 1.30.0 (WebAssembly, CPU).
# Why it matters: The class predicted by a network with NaN outputs depends on the batch's layout;
#   a NaN need not show as class 0.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  onnxruntime-web@1.30.0 onnx-proto@8.0.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-web';

const { onnx } = onnxProto;

function model(opType, attribute, dims, elemType) {
  const info = (name, elemType, dims) => ({
    name,
    type: { tensorType: { elemType, shape: dims && { dim: dims.map((dimValue) => ({ dimValue })) } } },
  });
  const node = [{ opType, input: ['X'], output: ['Y'], attribute }];
  const graph = { name: 'g', node, input: [info('X', 1, dims)], output: [info('Y', elemType)] };
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph }).finish();
}

ort.env.wasm.numThreads = 1;
async function run(opType, attribute, dims, data, elemType) {
  const session = await ort.InferenceSession.create(model(opType, attribute, dims, elemType));
  const { Y } = await session.run({ X: new ort.Tensor('float32', Float32Array.from(data), dims) });
  return [...Y.data].join(' ');
}

const argMax = (axis, dims, data) => run('ArgMax', [{ name: 'axis', i: axis, type: 2 }], dims, data, 7);
for (const numbers of [[1, NaN, 2], [NaN, 1, 2], [3, 1, NaN]]) {
  const column = await argMax(0, [3], numbers);
  const row = await argMax(1, [3, 3], [...numbers, 0, 0, 1, 0, 0, 1]);
  console.log(`${numbers.join(' ')}: axis 0 gives ${column}, as a row of 3 x 3 with axis 1 ${row.split(' ')[0]}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
1 NaN 2: axis 0 gives 1, as a row of 3 x 3 with axis 1 2
NaN 1 2: axis 0 gives 0, as a row of 3 x 3 with axis 1 0
3 1 NaN: axis 0 gives 2, as a row of 3 x 3 with axis 1 0
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
