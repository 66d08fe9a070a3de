#!/usr/bin/env bash
# Expected: A grey PNG whose tRNS chunk makes one grey level transparent is decoded with alpha 0
#   for that level, whichever level it is.
# Actual: It works for every level but 0: transparent black is decoded as opaque black, because 0
#   is taken for a missing chunk.
# Version: upng-js 2.1.0.
# Why it matters: Black is the usual background of digit images, so the most common transparent
#   background is lost.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  upng-js@2.1.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { deflateSync } from 'node:zlib';
import UPNG from 'upng-js';

// A minimal PNG encoder: one filter-0 row of raw bytes per image row.
const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
const crc = (bytes) => ~bytes.reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), -1) >>> 0;
function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type), Buffer.from(body)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, sum]);
}
function greyPng(width, bits, rows, extra = []) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header[8] = bits;
  const raw = Buffer.concat(rows.map((row) => Buffer.from([0, ...row])));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), ...extra, chunk('IDAT', deflateSync(raw)), chunk('IEND', [])]);
}

for (const level of [0, 1, 128, 255]) {
  const file = greyPng(4, 8, [[0, 1, 128, 255]], [chunk('tRNS', [0, level])]);
  const [pixels] = UPNG.toRGBA8(UPNG.decode(Uint8Array.from(file).buffer));
  const alpha = [...new Uint8Array(pixels)].filter((_, i) => i % 4 === 3);
  console.log(`transparent level ${level}: alpha of the pixels 0 1 128 255 is ${alpha.join(' ')}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
transparent level 0: alpha of the pixels 0 1 128 255 is 255 255 255 255
transparent level 1: alpha of the pixels 0 1 128 255 is 255 0 255 255
transparent level 128: alpha of the pixels 0 1 128 255 is 255 255 0 255
transparent level 255: alpha of the pixels 0 1 128 255 is 255 255 255 0
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
