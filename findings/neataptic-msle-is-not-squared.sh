#!/usr/bin/env bash
# Expected: MSLE is the mean squared logarithmic error: never negative, 0 only for a perfect
#   output.
# Actual: The differences of the logarithms are added without squaring. Errors of opposite sign
#   cancel, and the cost of a target 0 is strongly negative, so `train` with an error goal stops
#   after one iteration.
# Version: neataptic 1.4.7.
# Why it matters: Training with this cost ends at once and reports success.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  neataptic@1.4.7 >/dev/null

cat >probe.mjs <<'PROGRAM'
import neataptic from 'neataptic';

const { MSLE } = neataptic.methods.cost;
console.log(`targets 1 2, outputs 2 1: ${MSLE([1, 2], [2, 1])}`);
console.log(`target 0, output 0.5: ${MSLE([0], [0.5]) < 0 ? 'negative' : 'not negative'}`);
const data = [{ input: [0], output: [0] }, { input: [1], output: [1] }];
const network = new neataptic.architect.Perceptron(1, 2, 1);
const { error, iterations } = network.train(data, { iterations: 1000, error: 0.01, cost: MSLE });
console.log(`training: ${iterations} iteration(s), ${error < 0 ? 'negative' : 'not negative'} error`);
PROGRAM

cat >recorded.txt <<'OUTPUT'
targets 1 2, outputs 2 1: 0
target 0, output 0.5: negative
training: 1 iteration(s), negative error
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
