import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadRun } from '../src/run-folder/saved-run.ts';
import { doneOf, type JsonEvent, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

const main = fileURLToPath(new URL('../bin/micronn.mjs', import.meta.url));

/** Runs the command line with a limit on file sizes, in blocks of 1024 bytes; longer writes fail. */
function runLimited(blocks: number, args: readonly string[], cwd: string) {
  const { status, stdout } = spawnSync(
    'bash',
    ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'bash', process.execPath, main, ...args, '--json'],
    { cwd, env: { ...process.env, INIT_CWD: cwd }, encoding: 'utf8' },
  );
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonEvent);
  return { code: status, events };
}

describe('a run folder that cannot be written', () => {
  test('is reported before training, and nothing is left', async () => {
    const cwd = await temporaryFolder();
    const run = argumentsOf(await smallRun(cwd));
    const out = path.join(cwd, 'digits', 'train-labels-idx1-ubyte', 'run');
    expect(await runCli([...run, '--out', out, '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [{ event: 'error', code: 'RUN_FOLDER', message: expect.stringContaining(`${out}: `) }],
    });
  });

  test.skipIf(process.platform === 'win32')(
    'a full disk before training: reported, and nothing is left',
    async () => {
      const cwd = await temporaryFolder();
      const run = argumentsOf(await smallRun(cwd));
      // A checkpoint with momentum takes 65 kB.
      expect(runLimited(40, [...run, '--out', 'run'], cwd)).toEqual({
        code: 2,
        events: [
          {
            event: 'error',
            code: 'RUN_FOLDER',
            file: path.join(cwd, 'run'),
            message: `${path.join(cwd, 'run')}: cannot write the run folder: EFBIG: file too large, write`,
          },
        ],
      });
      expect((await readdir(cwd)).filter((name) => name !== 'digits')).toEqual([]);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'a full disk later: earlier checkpoints are intact, and the run can be resumed',
    async () => {
      const cwd = await temporaryFolder();
      const options = await smallRun(cwd);
      const run = argumentsOf({ ...options, hidden: '1', momentum: '0', epochs: '60' });
      const whole = await doneOf([...run, '--out', 'whole'], { cwd });
      // The model takes 8 kB; metrics.jsonl grows by 0.2 kB an epoch, until it cannot.
      const { code, events } = runLimited(9, [...run, '--out', 'run'], cwd);
      const folder = path.join(cwd, 'run');
      const epochs = events.filter(({ event }) => event === 'epoch').length;
      expect({ code, last: events.at(-1) }).toEqual({
        code: 2,
        last: {
          event: 'error',
          code: 'RUN_FOLDER',
          file: folder,
          message: `${folder}: cannot write the run folder: EFBIG: file too large, write; earlier checkpoints are intact`,
        },
      });
      expect(epochs).toBeGreaterThan(5);
      const { checkpoint } = await loadRun(folder, (_, message) => {
        throw new Error(message);
      });
      expect(checkpoint.position.epoch).toBe(epochs);
      expect((await doneOf(['--resume', 'run'], { cwd }))['parametersSha256']).toBe(
        whole['parametersSha256'],
      );
      const lines = (await readFile(path.join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(lines).toHaveLength(60);
    },
  );
});
