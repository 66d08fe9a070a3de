import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createNetwork } from '@micronn/core';
import { DIGITS } from '@micronn/core/data';
import { expect, onTestFinished, test } from 'vitest';
import type { EndedRun } from './findings.ts';
import { writeReport } from './write-report.ts';

const layers = [4, 3, 10];

/** A run of four epochs with a test set; the report has no confusion matrix. */
async function endedRun(jsonl: string): Promise<EndedRun> {
  const runDir = await mkdtemp(path.join(tmpdir(), 'micronn-report-'));
  onTestFinished(() => rm(runDir, { recursive: true, force: true }));
  await writeFile(path.join(runDir, 'metrics.jsonl'), jsonl);
  const sizes = {
    parameters: 55,
    threads: 1,
    shards: 4,
    data: 'IDX',
    classes: ['0', '1'],
    trainSamples: 1000,
    validationSamples: 0,
    testSamples: 10,
  };
  return {
    start: { config: {}, layers, runDir, ...sizes },
    form: { width: 2, height: 2, classes: DIGITS },
    network: createNetwork(layers, { seed: 1 }),
    position: { epoch: 4, step: 0 },
    ending: 'done',
    parametersSha256: '',
  };
}

const line = (epoch: number, more: object = {}): string =>
  `${JSON.stringify({ epoch, trainLoss: 0.5, trainAccuracy: 0.5, testLoss: 1, testAccuracy: 0.25, seconds: 2, samplesPerSecond: 500, ...more })}\n`;

const whole = [1, 2, 3, 4].map((epoch) => line(epoch)).join('');

test.each<[string, string, number[]]>([
  ['complete', whole, [1, 2, 3, 4]],
  ['truncated in its last line', whole.slice(0, -20), [1, 2, 3]],
  ['truncated in its first line', whole.slice(0, 20), []],
  ['empty', '', []],
  ['without an epoch in the middle', line(1) + line(2) + line(4), [1, 2, 4]],
  ['without its beginning', line(3) + line(4), [3, 4]],
  ['with an epoch twice', line(1) + line(2, { testLoss: 9 }) + line(2) + line(3) + line(4), [1, 2, 3, 4]],
  ['with epochs in another order', line(4) + line(2) + line(1) + line(3), [1, 2, 3, 4]],
  ['with epochs that the run has not reached', whole + line(5), [1, 2, 3, 4]],
  ['with lines of something else', `${line(1)}[1]\nnull\n\n{"epoch":2}\n${line(3)}${line(4)}`, [1, 3, 4]],
  ['with a line that lacks the test set', whole.replace(',"testLoss":1', ''), [2, 3, 4]],
  ['with a line of a validation set', line(1, { validationLoss: 1, validationAccuracy: 1 }) + line(2), [2]],
  ['with epochs that are not whole numbers', line(0) + line(1.5) + line(-1) + line(2), [2]],
  ['with numbers that are none', whole.replace('"trainLoss":0.5', '"trainLoss":1e999'), [2, 3, 4]],
])(
  'metrics.jsonl %s: the report shows the readable epochs, and says how many are lost',
  async (_, jsonl, epochs) => {
    const run = await endedRun(jsonl);
    const warnings: string[] = [];
    const report = await writeReport(run, (code, message) => warnings.push(`${code}: ${message}`));
    const file = path.join(run.start.runDir, 'metrics.jsonl');
    const lost = 4 - epochs.length;
    expect(warnings).toEqual(
      lost > 0
        ? [
            `METRICS_DAMAGED: ${file}: only ${epochs.length} of 4 epochs can be read; the report omits the others`,
          ]
        : [],
    );
    const html = await readFile(report!, 'utf8');
    expect(html.match(/metrics\.jsonl has lost .* epochs: [^<]*/)?.[0]).toBe(
      lost === 0
        ? undefined
        : `metrics.jsonl has lost ${lost} of 4 epochs: ${
            lost === 4
              ? 'this report has neither curves nor training time.'
              : 'the curves, the training time and the throughput cover the others.'
          }`,
    );
    const table = /<table id="epochs">.*?<\/table>/s.exec(html)?.[0] ?? '';
    expect([...table.matchAll(/<th scope="row">(\d+)</g)].map(([, epoch]) => Number(epoch))).toEqual(epochs);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  },
);
