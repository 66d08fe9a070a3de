#!/usr/bin/env bash
# Expected: `Jimp.fromBitmap` of a subarray, such as one image of a data set kept in one typed
#   array, holds the pixels of that subarray.
# Actual: The whole underlying buffer is copied from its start. Every subarray gives the first
#   image, and `bitmap.data` is longer than width * height * 4. A copy made with `slice()` works.
# Version: jimp 1.6.1.
# Why it matters: A loop that cuts images out of one array shows and saves the first image every
#   time.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  jimp@1.6.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { Jimp } from 'jimp';

const dataset = Uint8Array.from([10, 20, 30].flatMap((v) => [v, v, v, 255]));
for (const cut of ['subarray', 'slice']) {
  const seen = [0, 1, 2].map((i) => {
    const { data } = Jimp.fromBitmap({ data: dataset[cut](4 * i, 4 * i + 4), width: 1, height: 1 }).bitmap;
    return `${data[0]} (${data.length} bytes)`;
  });
  console.log(`${cut}: ${seen.join(', ')}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
subarray: 10 (12 bytes), 10 (12 bytes), 10 (12 bytes)
slice: 10 (4 bytes), 20 (4 bytes), 30 (4 bytes)
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
