import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, tensorPlaces } from '@micronn/core';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

/** Trains on MNIST with the real command, to the accuracies that the project promises. */
describe('train', () => {
  test('with the defaults: at least 0.915 on the test set, a whole run folder, and evaluate agrees', async () => {
    const cwd = await temporaryFolder();
    const { code, events, stderr } = await runCli(['--json', '--out', 'run'], { cwd, report: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events.map(({ event }) => event)).toEqual([
      'start',
      ...Array.from({ length: 10 }, () => 'epoch'),
      'done',
    ]);

    const [start, ...rest] = events;
    expect(start).toMatchObject({
      layers: [784, 10, 10],
      parameters: 7960,
      trainSamples: 60_000,
      validationSamples: 0,
      testSamples: 10_000,
      config: {
        data: 'mnist',
        hidden: [10],
        epochs: 10,
        batchSize: 64,
        lr: 0.1,
        momentum: 0,
        seed: 42,
        parallel: 'data',
        init: 'uniform',
      },
    });
    const done = rest.at(-1)!;
    expect(done['testAccuracy']).toBeGreaterThanOrEqual(0.915);
    expect(Object.keys(done).toSorted()).toEqual(
      [
        'epochs',
        'event',
        'parametersSha256',
        'report',
        'runDir',
        'samplesPerSecond',
        'testAccuracy',
        'testLoss',
        'totalSeconds',
        'trainSeconds',
      ].toSorted(),
    );

    const folder = path.join(cwd, 'run');
    expect((await readdir(folder)).toSorted()).toEqual([
      'best.safetensors',
      'config.json',
      'last.safetensors',
      'metrics.csv',
      'metrics.jsonl',
      'model.onnx',
      'previous.safetensors',
      'report.html',
    ]);
    const epochs = rest.slice(0, -1).map(({ event: _event, ...metrics }) => metrics);
    const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(epochs);
    const rows = parse(await readFile(path.join(folder, 'metrics.csv'), 'utf8'), {
      columns: true,
    }) as unknown as Record<string, string>[];
    expect(rows.map((row) => Number(row['testLoss']))).toEqual(epochs.map((metrics) => metrics['testLoss']));

    const { tensors, metadata } = decodeSafetensors(await readFile(path.join(folder, 'last.safetensors')));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual(
      tensorPlaces([784, 10, 10]).map(({ name, shape }) => [name, [...shape]]),
    );
    expect(metadata['parametersSha256']).toBe(done['parametersSha256']);
    expect(JSON.parse(metadata['configuration']!)).toEqual(start!['config']);
    expect(JSON.parse(await readFile(path.join(folder, 'config.json'), 'utf8'))).toEqual(start!['config']);

    const evaluation = await doneOf(['evaluate', 'run'], { cwd });
    expect(evaluation).toMatchObject({
      samples: 10_000,
      accuracy: done['testAccuracy'],
      loss: done['testLoss'],
      parametersSha256: done['parametersSha256'],
    });
    const matrix = evaluation['confusionMatrix'] as number[][];
    expect(matrix.flat().reduce((sum, value) => sum + value, 0)).toBe(10_000);
    expect(matrix.reduce((sum, row, digit) => sum + row[digit]!, 0) / 10_000).toBe(done['testAccuracy']);
  });

  test('with 128 hidden neurons and He initialisation: at least 0.97', async () => {
    const cwd = await temporaryFolder();
    const done = await doneOf(['--hidden', '128', '--init', 'he', '--out', 'run'], { cwd });
    expect(done['testAccuracy']).toBeGreaterThanOrEqual(0.97);
  });

  test('a run is repeated to the last bit from its own config.json, and flags win over it', async () => {
    const cwd = await temporaryFolder();
    const first = await doneOf(['--epochs', '1', '--seed', '7', '--momentum', '0.5', '--out', 'first'], {
      cwd,
    });
    const second = await doneOf(['--config', 'first/config.json', '--out', 'second'], { cwd });
    expect(second['parametersSha256']).toBe(first['parametersSha256']);
    const third = await doneOf(['--config', 'first/config.json', '--seed', '8', '--out', 'third'], { cwd });
    expect(third['parametersSha256']).not.toBe(first['parametersSha256']);
  });

  test('--epochs 0 saves the initial model and measures it', async () => {
    const cwd = await temporaryFolder();
    const done = await doneOf(['--epochs', '0', '--out', 'run'], { cwd });
    const { tensors, metadata } = decodeSafetensors(
      await readFile(path.join(cwd, 'run', 'last.safetensors')),
    );
    expect(metadata['epoch']).toBe('0');
    const values = [...tensors.values()].flatMap((tensor) => [...tensor.values]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...values)).toBeLessThan(0.5);
    expect(done).toMatchObject({ epochs: 0, trainSeconds: 0, samplesPerSecond: 0 });
    expect((await doneOf(['evaluate', 'run'], { cwd }))['accuracy']).toBe(done['testAccuracy']);
  });

  test('a loss that is not finite ends the run with exit code 4; the last good model stays', async () => {
    const cwd = await temporaryFolder();
    const { code, events } = await runCli(['--lr', '1e30', '--out', 'run', '--json'], { cwd });
    expect(code).toBe(4);
    expect(events.at(-1)).toEqual({
      event: 'error',
      code: 'DIVERGED',
      message: `training diverged in epoch 1 at step 2: the loss is not finite; lower --lr, now 1e+30; earlier results are in ${path.join(cwd, 'run')}`,
    });
    const { metadata } = decodeSafetensors(await readFile(path.join(cwd, 'run', 'last.safetensors')));
    expect(metadata['epoch']).toBe('0');
  });

  test.skipIf(process.platform === 'win32')(
    'Ctrl-C ends the run with exit code 130; the model of the last whole epoch stays',
    async () => {
      const cwd = await temporaryFolder();
      const { code, events } = await runCli(['--epochs', '1000', '--out', 'run', '--json'], {
        cwd,
        onEvent({ event }, kill) {
          if (event === 'epoch') kill('SIGINT');
        },
      });
      expect(code).toBe(130);
      expect(events.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' });
      const epochs = events.filter(({ event }) => event === 'epoch').length;
      const { metadata } = decodeSafetensors(await readFile(path.join(cwd, 'run', 'last.safetensors')));
      expect(Number(metadata['epoch'])).toBe(epochs);
      expect(epochs).toBeGreaterThanOrEqual(1);
    },
  );
});
