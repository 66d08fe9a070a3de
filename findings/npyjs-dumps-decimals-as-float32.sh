#!/usr/bin/env bash
# Expected: `dump` of a plain array of JavaScript numbers writes float64, the type of a JavaScript
#   number and NumPy's default.
# Actual: As soon as one element is not an integer, the array is written as float32 if the largest
#   magnitude fits. Small numbers become 0 and integers above 2^24 are rounded. An array of
#   integers only keeps every digit.
# Version: npyjs 1.2.0.
# Why it matters: Losses, learning rates and gradients written for later analysis come back with 7
#   digits, or as 0.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  npyjs@1.2.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { dump, parse } from 'npyjs';

for (const numbers of [[0.1], [0.5, 1e-300], [0.5, 16777217], [1, 16777217]]) {
  const { dtype, data } = parse(dump(numbers));
  console.log(`${numbers.join(' ')} -> ${dtype}: ${data.join(' ')}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
0.1 -> f4: 0.10000000149011612
0.5 1e-300 -> f4: 0.5 0
0.5 16777217 -> f4: 0.5 16777216
1 16777217 -> u4: 1 16777217
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
