import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fixturePath } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

describe.skipIf(process.platform === 'win32')('data on standard input', () => {
  const shape = ['--epochs', '1', '--hidden', '10'];

  test('is trained on as from its file, and its temporary file is removed', async () => {
    const cwd = await temporaryFolder();
    const temporary = path.join(cwd, 'tmp');
    await mkdir(temporary);
    for (const source of ['numpy/keras.npz', 'parquet/gzip.parquet', 'zip/idx.zip']) {
      const file = fixturePath(`sources/${source}`);
      const piped = await doneOf(['--data', '-', ...shape, '--out', `${source}-piped`], {
        cwd,
        env: { TMPDIR: temporary },
        launcher: ['sh', '-c', `cat '${file}' | "$@"`, 'sh'],
      });
      const read = await doneOf(['--data', file, ...shape, '--out', `${source}-read`], { cwd });
      expect(piped['parametersSha256']).toBe(read['parametersSha256']);
      expect(await readdir(temporary)).toEqual([]);
    }
  });

  test('that is nothing is called empty', async () => {
    const cwd = await temporaryFolder();
    const { code, events } = await runCli(['--data', '-', '--out', 'run', '--json'], { cwd });
    expect(code).toBe(3);
    expect(events.at(-1)).toMatchObject({
      event: 'error',
      code: 'DATA_KIND',
      message: 'standard input: this is an empty file: expected images and labels',
    });
  });
});
