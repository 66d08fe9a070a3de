import { createWriteStream, existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  fixturePath,
  malformedInputs,
  readMnist,
  writeIdxFolder,
  writeKaggleCsv,
} from '@micronn/fixtures/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { TELL_PEAK_MEMORY, toldPeakMegabytes } from './peak-memory.ts';
import { doneOf, type JsonEvent, runCli, temporaryFolder, trainMany } from './run-cli.ts';

describe('the three kinds of data', () => {
  test('CSV, gzipped CSV, IDX folder, gzipped IDX folder: the same bits from the same images', async () => {
    const cwd = await temporaryFolder();
    const train = readMnist('train', 0, 700);
    const held = readMnist('test', 0, 200);
    await writeKaggleCsv(path.join(cwd, 'train.csv'), train);
    await writeKaggleCsv(path.join(cwd, 'train.csv.gz'), train);
    await writeKaggleCsv(path.join(cwd, 'test.csv'), held);
    await writeIdxFolder(path.join(cwd, 'plain'), { train, test: held });
    await writeIdxFolder(path.join(cwd, 'packed'), { train, test: held }, { gzip: true });
    const run = async (name: string, ...data: string[]) => {
      const { parametersSha256, testLoss, testAccuracy } = await doneOf(
        [...data, '--epochs', '2', '--out', name],
        { cwd },
      );
      return { parametersSha256, testLoss, testAccuracy };
    };
    const idx = await run('a', '--data', 'plain');
    expect(await run('b', '--data', 'packed')).toEqual(idx);
    expect(await run('c', '--data', 'train.csv', '--test-data', 'test.csv')).toEqual(idx);
    expect(await run('d', '--data', 'train.csv.gz', '--test-data', 'test.csv')).toEqual(idx);
  });
});

describe('each malformed file gets its sentence, its code and exit code 3, and nothing is written', () => {
  const out = path.join(tmpdir(), `micronn-test-never-written-${process.pid}`);
  let ends: JsonEvent[];

  beforeAll(async () => {
    const runs = malformedInputs.map(({ name }, k) => ({
      data: path.join(fixturePath('malformed'), name),
      out: path.join(out, String(k)),
      cache: false,
    }));
    ends = await trainMany(runs);
  });

  for (const [k, { name, code, sentence, file, line, column }] of malformedInputs.entries()) {
    test(name, () => {
      const data = path.join(fixturePath('malformed'), name);
      const blamed = file === undefined ? data : path.join(data, file);
      const place = [blamed, line && `line ${line}`, column && `column ${column}`].filter(Boolean).join(', ');
      expect(ends[k]).toEqual({ event: 'error', exitCode: 3, code, message: `${place}: ${sentence}` });
    });
  }

  test('no run folder is left', () => {
    expect(existsSync(out)).toBe(false);
  });

  test('an error event has file, line and column, and nothing is left', async () => {
    const cwd = await temporaryFolder();
    const { name, code, sentence, line, column } = malformedInputs.find((input) => input.column)!;
    const data = path.join(fixturePath('malformed'), name);
    const run = await runCli(['--data', data, '--out', 'run', '--json'], { cwd });
    expect(run).toMatchObject({ code: 3, stderr: '' });
    const message = `${data}, line ${line}, column ${column}: ${sentence}`;
    expect(run.events).toEqual([{ event: 'error', code, message, file: data, line, column }]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test('a row of 64 MB is reported at its start, and memory stays bounded', async () => {
    const cwd = await temporaryFolder();
    const env = { NODE_OPTIONS: TELL_PEAK_MEMORY };
    const row = `7${',0'.repeat(784)}\n`;
    const tooLong = 'row is too long (more than 65536 bytes): unclosed quote or missing newline?';
    for (const [name, begin, fault, sentence] of [
      ['quote.csv', `${row}"`, 'CSV_RECORD_SIZE', tooLong],
      [
        'line.csv',
        row,
        'CSV_COLUMNS',
        'expected a row of 785 fields (a label and 784 pixels), got more than 10000: missing newline?',
      ],
      // 64 kB on disk.
      ['packed.csv.gz', `${row}"`, 'CSV_RECORD_SIZE', tooLong],
    ] as const) {
      const chunks = Readable.from([begin, ...Array<string>(64).fill('0,'.repeat(500_000))]);
      const file = createWriteStream(path.join(cwd, name));
      await (name.endsWith('.gz') ? pipeline(chunks, createGzip(), file) : pipeline(chunks, file));
      const { code, stdout, stderr } = await runCli(['--data', name, '--threads', '2', '--json'], {
        cwd,
        env,
        // The command as people run it, bundled.
        report: true,
      });
      expect(code).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        event: 'error',
        code: fault,
        message: `${path.join(cwd, name)}, line 2: ${sentence}`,
      });
      expect(toldPeakMegabytes(stderr)).toBeLessThan(215);
    }
  });

  test('without --json the error is one line on standard error', async () => {
    const data = path.join(fixturePath('malformed'), 'pixel-256.csv');
    expect(await runCli(['--data', data])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error CSV_PIXEL: ${data}, line 3, column 300: invalid pixel "256": expected a whole number from 0 to 255\n`,
      events: [],
    });
  });

  test('data that is not there', async () => {
    const cwd = await temporaryFolder();
    const missing = path.join(cwd, 'missing');
    const { code, stderr } = await runCli(['--data', 'missing'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `error DATA_NOT_FOUND: ${missing}: not found: expected mnist, a file or folder of data, or - for standard input\n`,
    });
    await expect(access(path.join(cwd, 'runs'))).rejects.toThrow('ENOENT');
  });
});
