import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from './run-cli.ts';

describe('the run folder', () => {
  test('is runs/<time> where the command was typed, and a second run makes a second one', async () => {
    const cwd = await temporaryFolder();
    await runCli(['--epochs', '0', '--json'], { cwd });
    await runCli(['--epochs', '0', '--json'], { cwd });
    const runs = await readdir(path.join(cwd, 'runs'));
    expect(runs).toHaveLength(2);
    for (const name of runs) expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-2)?$/);
  });

  test('belongs to one process at a time', async () => {
    const cwd = await temporaryFolder();
    let refused: Promise<CliResult> | undefined;
    const training = await runCli(['--epochs', '100000', '--out', 'run', '--json'], {
      cwd,
      onEvent({ event }, kill) {
        if (event !== 'epoch' || refused) return;
        refused = runCli(['--resume', 'run', '--json'], { cwd }).finally(() => kill('SIGTERM'));
      },
    });
    expect(training.code).toBe(130);
    expect(await refused).toMatchObject({
      code: 2,
      events: [
        {
          code: 'RUN_FOLDER',
          message: expect.stringMatching(
            /run: process \d+ on .+ is training in this run folder; wait until it ends, or stop it$/,
          ),
        },
      ],
    });
    expect(await readdir(path.join(cwd, 'run'))).not.toContain('.lock');
  });

  test('--out may be an empty folder; one with files is refused and stays unchanged', async () => {
    const cwd = await temporaryFolder();
    await mkdir(path.join(cwd, 'empty'));
    await mkdir(path.join(cwd, 'full'));
    await writeFile(path.join(cwd, 'full', 'mine.txt'), 'mine');
    expect(await runCli(['--epochs', '0', '--out', 'empty', '--json'], { cwd })).toMatchObject({ code: 0 });
    const full = path.join(cwd, 'full');
    expect(await runCli(['--epochs', '0', '--out', 'full', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [
        {
          code: 'RUN_FOLDER',
          message: `${full}: --out must be a new or empty folder, but it contains mine.txt`,
        },
      ],
    });
    expect(await runCli(['--epochs', '0', '--out', 'full/mine.txt', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [{ code: 'RUN_FOLDER' }],
    });
    expect(await readdir(full)).toEqual(['mine.txt']);
    expect(await readFile(path.join(full, 'mine.txt'), 'utf8')).toBe('mine');
    expect((await readdir(cwd)).toSorted()).toEqual(['empty', 'full']);
  });
});

describe('bench', () => {
  test.each([
    ['mine.json', '--out must be a new file or an earlier result of bench: it contains something else'],
    [
      'folder',
      '--out must be a new file or an earlier result of bench: expected a file, but this is a folder',
    ],
    ['mine.json/bench.json', /^--out must be a new file or an earlier result of bench: E(EXIST|NOTDIR): /],
  ])('does not measure what it could not save to %s', async (out, sentence) => {
    const cwd = await temporaryFolder();
    await mkdir(path.join(cwd, 'folder'));
    await writeFile(path.join(cwd, 'mine.json'), '{"mine":[]}');
    const { code, stdout, stderr } = await runCli(['bench', '--quick', '--out', out], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const told = `error BENCH_FILE: ${path.join(cwd, out)}: `;
    expect(stderr.slice(0, told.length)).toBe(told);
    expect(stderr.slice(told.length).trimEnd()).toMatch(sentence);
    expect((await readdir(cwd)).toSorted()).toEqual(['folder', 'mine.json']);
    expect(await readFile(path.join(cwd, 'mine.json'), 'utf8')).toBe('{"mine":[]}');
  });
});
