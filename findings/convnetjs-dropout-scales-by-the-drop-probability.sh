#!/usr/bin/env bash
# Expected: At prediction time a dropout layer multiplies its input by the probability of keeping
#   a unit: 0.9 for drop_prob 0.1.
# Actual: It multiplies by drop_prob itself: 0.1. Only 0.5, the default, gives the same result
#   both ways.
# Version: convnetjs 0.3.0.
# Why it matters: With drop_prob 0.1 or 0.2, predictions use activations many times smaller than
#   the ones the next layer was trained on.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  convnetjs@0.3.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import convnetjs from 'convnetjs';

for (const drop_prob of [0.1, 0.2, 0.5, 0.9]) {
  const layer = new convnetjs.DropoutLayer({ in_sx: 1, in_sy: 1, in_depth: 2, drop_prob });
  const out = layer.forward(new convnetjs.Vol([1, 1]), false);
  console.log(`drop_prob ${drop_prob}: 1 1 becomes ${[...out.w].join(' ')}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
drop_prob 0.1: 1 1 becomes 0.1 0.1
drop_prob 0.2: 1 1 becomes 0.2 0.2
drop_prob 0.5: 1 1 becomes 0.5 0.5
drop_prob 0.9: 1 1 becomes 0.9 0.9
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
