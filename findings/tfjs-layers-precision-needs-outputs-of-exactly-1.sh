#!/usr/bin/env bash
# Expected: `metrics.precision` and `metrics.recall` treat an output of at least 0.5 as positive,
#   like Keras.
# Actual: An output counts as positive only if it equals 1 exactly. Softmax outputs that classify
#   both rows correctly score 0 and 0; rounded outputs score 1 and 1.
# Version: @tensorflow/tfjs-layers 4.22.0.
# Why it matters: Precision and recall of a good classifier read 0 unless its outputs are rounded
#   first.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-layers@4.22.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { metrics } from '@tensorflow/tfjs-layers';

await tf.setBackend('cpu');
const labels = tf.tensor2d([[1, 0], [0, 1]]);
const outputs = tf.tensor2d([[0.9, 0.1], [0.2, 0.8]]);
for (const [name, y] of [['softmax outputs', outputs], ['rounded outputs', tf.round(outputs)]]) {
  const [precision] = metrics.precision(labels, y).dataSync();
  const [recall] = metrics.recall(labels, y).dataSync();
  const [accuracy] = tf.mean(metrics.categoricalAccuracy(labels, y)).dataSync();
  console.log(`${name}: precision ${precision}, recall ${recall}, accuracy ${accuracy}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
softmax outputs: precision 0, recall 0, accuracy 1
rounded outputs: precision 1, recall 1, accuracy 1
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
