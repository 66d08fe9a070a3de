#!/usr/bin/env bash
# Expected: A Float16 builder stores numbers above 65519 as Infinity, like IEEE 754 and
#   Math.f16round.
# Actual: 65520 becomes Infinity, but 70000 is read back as 2.134765625 and 100000 as 3.05078125.
#   In addition 2049, halfway between two float16 numbers, is rounded to 2050 instead of the even
#   neighbour 2048.
# Version: apache-arrow 21.2.0.
# Why it matters: A diverging activation or gradient stored as float16 looks like an ordinary
#   small number.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  apache-arrow@21.2.0 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { Float16, vectorFromArray } from 'apache-arrow';

const numbers = [2049, 2051, 65504, 65520, 70000, 100000, 200000, 1e6, Infinity];
const vector = vectorFromArray(numbers, new Float16());
numbers.forEach((x, i) => console.log(`${x} is read back as ${vector.get(i)}`));
PROGRAM

cat >recorded.txt <<'OUTPUT'
2049 is read back as 2050
2051 is read back as 2052
65504 is read back as 65504
65520 is read back as Infinity
70000 is read back as 2.134765625
100000 is read back as 3.05078125
200000 is read back as 3.05078125
1000000 is read back as 3.814453125
Infinity is read back as Infinity
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
