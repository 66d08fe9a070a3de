#!/usr/bin/env bash
# Expected: Logistic regression fits an intercept, as scikit-learn does by default, so one feature
#   is enough to separate 1, 2 from 8, 9.
# Actual: Only one weight per feature is fitted. The boundary passes through the origin, all four
#   points get the same class, and half of the training set is wrong. A column of ones, added by
#   hand, solves it.
# Version: ml-logistic-regression 2.0.0.
# Why it matters: As a baseline for a network with biases, this model looks much weaker than
#   logistic regression is.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --ignore-scripts --save-exact --loglevel=error \
  ml-logistic-regression@2.0.0 ml-matrix@6.15.1 >/dev/null

cat >probe.mjs <<'PROGRAM'
import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';

const x = [1, 2, 8, 9];
const y = Matrix.columnVector([0, 0, 1, 1]);
for (const [name, rows] of [['as given', x.map((v) => [v])], ['with a column of ones', x.map((v) => [v, 1])]]) {
  const model = new LogisticRegression({ numSteps: 5000, learningRate: 0.1 });
  model.train(new Matrix(rows), y);
  console.log(`${name}: ${x.map((v, i) => `${v} is class ${model.predict(new Matrix(rows))[i]}`).join(', ')}`);
}
PROGRAM

cat >recorded.txt <<'OUTPUT'
as given: 1 is class 1, 2 is class 1, 8 is class 1, 9 is class 1
with a column of ones: 1 is class 0, 2 is class 0, 8 is class 1, 9 is class 1
OUTPUT

node probe.mjs >seen.txt
cat seen.txt
if ! diff recorded.txt seen.txt >changes.txt; then
  echo 'The behaviour has changed (< recorded, > seen):' >&2
  cat changes.txt >&2
  exit 1
fi
