import { confusionMatrix, createNetwork } from '@micronn/core';
import { DIGITS } from '@micronn/core/data';
import { expect, test } from 'vitest';
import { findingsOf } from './findings.ts';

test('the counts are those of core, in the order of the evaluated set; the loss is the mean', () => {
  const labels = Uint8Array.from({ length: 50 }, (_, i) => (i * i) % 10);
  const order = Uint32Array.from({ length: 30 }, (_, i) => (7 * i + 3) % 50);
  const predictions = Uint8Array.from(order, (place, i) => (i % 3 === 0 ? labels[place]! : i % 10));
  const losses = Float32Array.from(order, (_, i) => i / 8);
  const findings = findingsOf({
    start: {
      config: {},
      layers: [4, 10],
      runDir: '',
      parameters: 50,
      threads: 1,
      shards: 1,
      data: '',
      classes: [],
      trainSamples: 1,
      validationSamples: 0,
      testSamples: 30,
    },
    form: { width: 2, height: 2, classes: DIGITS },
    network: createNetwork([4, 10], { seed: 1 }),
    position: { epoch: 1, step: 0 },
    ending: 'done',
    parametersSha256: '',
    evaluated: {
      name: 'test',
      set: {
        samples: { count: 50, inputs: 4, images: new Uint8Array(200), labels },
        order,
        losses,
        predictions,
      },
    },
  })!;
  const ordered = Uint8Array.from(order, (place) => labels[place]!);
  expect(findings.counts).toEqual(confusionMatrix(predictions, ordered, 10));
  expect(findings.right).toBe(predictions.filter((prediction, i) => prediction === ordered[i]).length);
  expect(findings).toMatchObject({ name: 'test', images: 30, loss: 29 / 16 });
});
