#!/usr/bin/env bash
# Expected: `greyscale()` leaves an image that is already grey unchanged.
# Actual: 62 of the 256 grey levels become 1 darker, among them white, which becomes 254. The
#   three weights add up to slightly less than 1 in floating point for these levels, and the
#   result is truncated.
# Version: jimp 1.6.1.
# Why it matters: Pixels of a data set change slightly when the preprocessing runs on them again,
#   and white / 255 is no longer 1.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  jimp@1.6.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { Jimp } from 'jimp';

const levels = Array.from({ length: 256 }, (_, v) => [v, v, v, 255]).flat();
const image = Jimp.fromBitmap({ data: Uint8Array.from(levels), width: 256, height: 1 }).greyscale();
const changed = [];
for (let v = 0; v < 256; v++) if (image.bitmap.data[4 * v] !== v) changed.push(`${v}>${image.bitmap.data[4 * v]}`);
console.log(`changed levels: ${changed.length}`);
console.log(`first: ${changed.slice(0, 4).join(' ')}, last: ${changed.slice(-4).join(' ')}`);
PROGRAM

cat >recorded.txt <<'OUTPUT'
changed levels: 62
first: 5>4 7>6 10>9 13>12, last: 249>248 251>250 252>251 255>254
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
