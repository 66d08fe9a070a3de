import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';

describe('a configuration file', () => {
  test.each([
    ['{"epochs":"x"}', 'OPTION_VALUE', 'epochs must be a whole number from 0 to 1000000, got "x"'],
    ['{"batch-size":0}', 'OPTION_VALUE', 'batchSize must be a whole number of at least 1, or full, got 0'],
    [
      '{"epoch":1}',
      'OPTION_UNKNOWN',
      'unknown option epoch; the options are data, testData, labelColumn, pixelScale, invert, transpose, size, colours, classNames, validationSplit, hidden, epochs, batchSize, lr, momentum, seed, threads, shards, parallel, init, preset, backend, earlyStop, out, resume, checkpointEvery, maxRestarts, cache',
    ],
    ['{"cache":"no"}', 'OPTION_VALUE', 'cache must be true or false, got "no"'],
    ['[]', 'CONFIG_FILE', 'the --config file must contain a JSON object of options'],
    ['{"batch-size":8,"batchSize":9}', 'OPTION_CONFLICT', 'option batchSize appears twice, in two spellings'],
    ['\uFEFF{"lr":0}', 'OPTION_VALUE', 'lr must be a number above 0, within the range of float32, got 0'],
    [
      `{"hidden":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'OPTION_VALUE',
      'hidden must be up to 10000 layer sizes from 1 to 65536, as 10 or 128,64, got [[["…"]]]',
    ],
    [
      `{"lr":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      'OPTION_VALUE',
      'lr must be a number above 0, within the range of float32, got {"a":{"a":{"a":"…"}}}',
    ],
  ])('%.40s is refused', async (content, code, sentence) => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'config.json');
    await writeFile(file, content);
    const run = await runCli(['--config', 'config.json', '--json'], { cwd });
    expect(run).toMatchObject({ code: 2, events: [{ code, message: `${file}: ${sentence}` }] });
  });

  test.each([
    ['{"epochs":1,"epochs":2}', 1, 'key "epochs" appears twice, the first time on line 1'],
    [
      '{\n "lr": 1,\n "hidden"\n : [1,\n 2],\n "\\u006cr": 2}',
      6,
      'key "lr" appears twice, the first time on line 2',
    ],
    ['{"lr": 1,\n"__proto__": {"epochs": 0}}', 2, 'key "__proto__" is no option'],
    ['{\n\n"\\u005f_proto__": null}', 3, 'key "__proto__" is no option'],
  ])('a key that JSON.parse drops is refused with its line: %s', async (content, line, sentence) => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'config.json');
    await writeFile(file, content);
    const run = await runCli(['--config', 'config.json', '--json'], { cwd });
    const message = `${file}, line ${line}: ${sentence}`;
    expect(run).toMatchObject({ code: 2, events: [{ code: 'CONFIG_FILE', message, file, line }] });
  });

  test('keys in values and quotes in strings are not keys of the configuration', async () => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'config.json');
    await writeFile(file, '{"data": "\\"lr\\": {", "lr": 1, "out": "}\\\\", "epochs": {"lr": 1, "lr": 2}}');
    expect(await runCli(['--config', 'config.json', '--json'], { cwd })).toMatchObject({
      events: [{ code: 'OPTION_VALUE', message: expect.stringContaining('got {"lr":2}') }],
    });
  });

  test('of more than a megabyte is refused', async () => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'config.json');
    await writeFile(file, `{${' '.repeat(2 ** 20)}}`);
    const message = `${file}: cannot read the --config file: expected at most 1048576 bytes, got more`;
    expect(await runCli(['--config', 'config.json', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [{ code: 'CONFIG_FILE', message }],
    });
  });

  test('that is not JSON, or missing', async () => {
    const cwd = await temporaryFolder();
    await writeFile(path.join(cwd, 'config.json'), 'epochs: 1');
    expect(await runCli(['--config', 'config.json', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [{ code: 'CONFIG_FILE' }],
    });
    expect(await runCli(['--config', 'none.json', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'CONFIG_FILE',
          message: `${path.join(cwd, 'none.json')}: cannot read the --config file: file not found`,
        },
      ],
    });
    expect(await runCli(['--config', '.', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'CONFIG_FILE',
          message: `${cwd}: cannot read the --config file: expected a file, but this is a folder`,
        },
      ],
    });
  });

  test('takes the options with or without capitals, and the preset: flags, then the file, then the preset', async () => {
    const cwd = await temporaryFolder();
    await writeIdxFolder(path.join(cwd, 'digits'), {
      train: readMnist('train', 0, 200),
      test: readMnist('test', 0, 50),
    });
    await writeFile(
      path.join(cwd, 'config.json'),
      JSON.stringify({ preset: 'notebook', 'batch-size': 50, epochs: 3, hidden: '12,11', data: 'digits' }),
    );
    const { events } = await runCli(['--config', 'config.json', '--epochs', '1', '--json'], { cwd });
    expect(events[0]).toMatchObject({
      layers: [784, 12, 11, 10],
      trainSamples: 160,
      validationSamples: 40,
      config: {
        epochs: 1,
        batchSize: 50,
        hidden: [12, 11],
        lr: 0.1,
        validationSplit: 0.2,
        init: 'uniform',
        data: path.join(cwd, 'digits'),
      },
    });
    expect(events.at(-1)).toMatchObject({
      event: 'done',
      validationAccuracy: expect.any(Number),
      testAccuracy: expect.any(Number),
    });
  });

  test('--preset notebook is the published run', async () => {
    const cwd = await temporaryFolder();
    const { events } = await runCli(['--preset', 'notebook', '--epochs', '0', '--json'], { cwd });
    expect(events[0]).toMatchObject({
      trainSamples: 48_000,
      validationSamples: 12_000,
      config: {
        hidden: [10],
        batchSize: 'full',
        lr: 0.1,
        momentum: 0,
        init: 'uniform',
        validationSplit: 0.2,
      },
    });
  });
});
