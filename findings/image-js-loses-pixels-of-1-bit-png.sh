#!/usr/bin/env bash
# Expected: A black-and-white PNG of bit depth 1 is decoded to pixels 0 and 255 at their places.
# Actual: The decoder skips padding bits in the first byte of each row instead of the last. With a
#   width of 28, each row loses the pixels 4 to 7, the pixels after them move left by 4, and the
#   padding appears at the end. With a multiple of 8, the whole first byte of each row is lost.
# Version: image-js 1.7.0.
# Why it matters: 28 x 28 digits stored as 1-bit PNG stay readable but sit 4 pixels off the
#   centre.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  image-js@1.7.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { deflateSync } from 'node:zlib';
import { decode } from 'image-js';

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

const bits = (text) => text.match(/.{1,8}/g).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
for (const row of ['11111111', '0001111100000000000000000111', '1111000011110000']) {
  const image = decode(greyPng(row.length, 1, [bits(row), bits(row)]));
  const read = [...image.getRawImage().data].map((v) => (v ? 1 : 0)).join('');
  console.log(`width ${row.length}`);
  console.log(`  written ${row} ${row}`);
  console.log(`  read    ${read.slice(0, row.length)} ${read.slice(row.length)}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
width 8
  written 11111111 11111111
  read    00000000 00000000
width 28
  written 0001111100000000000000000111 0001111100000000000000000111
  read    0001000000000000000001110000 0001000000000000000001110000
width 16
  written 1111000011110000 1111000011110000
  read    1111000011110000 0000000000000000
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
