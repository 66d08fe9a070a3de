#!/usr/bin/env bash
# Expected: ReduceMean of an empty tensor is NaN, 0/0 like NumPy's mean, or an error.
# Actual: It is 0. The sum of no numbers, 0, is right, but ReduceMax of no numbers in the same
#   engine is -Infinity, not 0.
# Version: onnxruntime-web 1.30.0 (WebAssembly, CPU).
# Why it matters: A loss computed inside the model reads 0, a perfect score, for a batch that lost
#   all of its rows.
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

const scalar = [{ name: 'keepdims', i: 0, type: 2 }];
for (const op of ['ReduceMean', 'ReduceSum', 'ReduceMax']) {
  console.log(`${op} of 0 rows: ${await run(op, scalar, [0], [], 1)}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
ReduceMean of 0 rows: 0
ReduceSum of 0 rows: 0
ReduceMax of 0 rows: -Infinity
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
