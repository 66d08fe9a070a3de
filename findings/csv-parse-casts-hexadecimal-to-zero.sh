#!/usr/bin/env bash
# Expected: With `cast: true`, a field such as 0x1F stays a string or becomes 31.
# Actual: It becomes the number 0. So do 0b11 and 0o17. The check for a number accepts the prefix,
#   the conversion stops at the letter.
# Version: csv-parse 7.0.3.
# Why it matters: A column of identifiers or colours in hexadecimal turns into a column of zeros,
#   which trains without an error.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  csv-parse@7.0.3 >/dev/null

cat >probe.mjs <<'PROGRAM'
import { parse } from 'csv-parse/sync';

for (const [field] of parse('0x1F\n0xff0000\n0b11\n0o17\n1F\n31\n', { cast: true })) {
  console.log(`${typeof field} ${field}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
number 0
number 0
number 0
number 0
string 1F
number 31
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
