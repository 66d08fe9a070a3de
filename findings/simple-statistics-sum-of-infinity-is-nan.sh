#!/usr/bin/env bash
# Expected: The sum and the mean of numbers that include Infinity are Infinity.
# Actual: Both are NaN. The compensated summation subtracts Infinity from Infinity. `sumSimple`
#   returns Infinity.
# Version: simple-statistics 7.12.1.
# Why it matters: The mean loss of a batch with one infinite loss reads NaN, which points to a
#   different cause, such as 0/0.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  simple-statistics@7.12.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { max, mean, sum, sumSimple } from 'simple-statistics';

const losses = [0.5, Infinity, 0.25];
console.log(`sum ${sum(losses)}`);
console.log(`mean ${mean(losses)}`);
console.log(`sumSimple ${sumSimple(losses)}`);
console.log(`max ${max(losses)}`);
PROGRAM

cat >recorded.txt <<'OUTPUT'
sum NaN
mean NaN
sumSimple Infinity
max Infinity
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
