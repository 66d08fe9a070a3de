#!/usr/bin/env bash
# Expected: With the activation leaky-relu, a unit passes a positive sum on unchanged and
#   multiplies a negative one by leakyReluAlpha, 0.01 by default.
# Actual: A positive sum is multiplied by leakyReluAlpha, and a negative one becomes 0.
#   `toFunction()` computes the same. Upstream issue 560 reports it; the version that npm installs
#   by default still has it.
# Version: brain.js 1.6.1.
# Why it matters: The activation has the dead units that leaky ReLU is meant to avoid, and every
#   layer shrinks its signal a hundredfold. A network exported to another library gives other
#   outputs.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  brain.js@1.6.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import brain from 'brain.js';

// One hidden unit and one output unit, both with weight 1 and bias 0.
const unit = { 0: { bias: 0, weights: { 0: 1 } } };
const network = new brain.NeuralNetwork();
network.fromJSON({
  sizes: [1, 1, 1],
  layers: [{ 0: {} }, unit, unit],
  activation: 'leaky-relu',
  inputLookup: false,
  outputLookup: false,
});
const standalone = network.toFunction();
console.log(`leakyReluAlpha: ${network.leakyReluAlpha}`);
for (const x of [10, -10]) {
  console.log(`input ${x}: run gives ${network.run([x])[0].toFixed(6)}, toFunction ${standalone([x])[0].toFixed(6)}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
leakyReluAlpha: 0.01
input 10: run gives 0.001000, toFunction 0.001000
input -10: run gives 0.000000, toFunction 0.000000
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
