import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../src/command/program.ts';
import type { Reporter } from '../src/console/reporter.ts';
import { tellError } from '../src/console/tell-error.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

describe('an invalid option gets exit code 2, and the message names it', () => {
  const cases: [string[], string, string][] = [
    [['--epochs', 'ten'], 'OPTION_VALUE', '--epochs must be a whole number from 0 to 1000000, got "ten"'],
    [['--epochs', '1.5'], 'OPTION_VALUE', '--epochs must be a whole number from 0 to 1000000, got "1.5"'],
    [['--epochs=-1'], 'OPTION_VALUE', '--epochs must be a whole number from 0 to 1000000, got "-1"'],
    [
      ['--batch-size', '0'],
      'OPTION_VALUE',
      '--batch-size must be a whole number of at least 1, or full, got "0"',
    ],
    [
      ['--batch-size', 'half'],
      'OPTION_VALUE',
      '--batch-size must be a whole number of at least 1, or full, got "half"',
    ],
    [['--lr', '0'], 'OPTION_VALUE', '--lr must be a number above 0, within the range of float32, got "0"'],
    [
      ['--lr', 'Infinity'],
      'OPTION_VALUE',
      '--lr must be a number above 0, within the range of float32, got "Infinity"',
    ],
    [
      ['--lr', '1e-300'],
      'OPTION_VALUE',
      '--lr must be a number above 0, within the range of float32, got "1e-300"',
    ],
    [['evaluate', 'one', 'two'], 'COMMAND_LINE', 'too many arguments for evaluate: one, two'],
    [
      ['export', 'one'],
      'OPTION_VALUE',
      'give --format, one of safetensors, onnx, json, or --out with one of them as its extension',
    ],
    [
      ['--momentum', '1'],
      'OPTION_VALUE',
      '--momentum must be a number from 0 to below 1 that float32 does not round to 1, got "1"',
    ],
    [
      ['--momentum', '0.99999999'],
      'OPTION_VALUE',
      '--momentum must be a number from 0 to below 1 that float32 does not round to 1, got "0.99999999"',
    ],
    [
      ['--lr', '1e39'],
      'OPTION_VALUE',
      '--lr must be a number above 0, within the range of float32, got "1e39"',
    ],
    [
      ['--hidden', '10,,5'],
      'OPTION_VALUE',
      '--hidden must be up to 10000 layer sizes from 1 to 65536, as 10 or 128,64, got "10,,5"',
    ],
    [
      ['--hidden', '0'],
      'OPTION_VALUE',
      '--hidden must be up to 10000 layer sizes from 1 to 65536, as 10 or 128,64, got "0"',
    ],
    [
      ['--seed', '9007199254740992'],
      'OPTION_VALUE',
      '--seed must be a whole number of at least 0, got "9007199254740992"',
    ],
    [['--threads', '0'], 'OPTION_VALUE', '--threads must be a whole number from 1 to 256, got "0"'],
    [['--shards', '0x8'], 'OPTION_VALUE', '--shards must be a whole number from 1 to 1024, got "0x8"'],
    [['--parallel', 'row'], 'OPTION_VALUE', '--parallel must be one of data, rows, got "row"'],
    [
      ['--parallel', 'rows', '--backend', 'reference'],
      'OPTION_CONFLICT',
      '--parallel rows needs --backend wasm: the reference backend is data-parallel only',
    ],
    [['--zzz'], 'OPTION_UNKNOWN', 'unknown option --zzz'],
    [['train', 'x'], 'COMMAND_LINE', 'too many arguments for train: x'],
    [['--init', 'xavier'], 'OPTION_VALUE', '--init must be one of uniform, he, glorot, got "xavier"'],
    [
      ['--early-stop', '0'],
      'OPTION_VALUE',
      '--early-stop must be a whole number of at least 1, or off, got "0"',
    ],
    [
      ['--checkpoint-every', 'often'],
      'OPTION_VALUE',
      '--checkpoint-every must be a whole number of at least 1, or off, got "often"',
    ],
    [
      ['--max-restarts=-1'],
      'OPTION_VALUE',
      '--max-restarts must be a whole number from 0 to 1000000, got "-1"',
    ],
    [['--resume', ''], 'OPTION_VALUE', '--resume must be a run folder, got ""'],
    [['--preset', 'book'], 'OPTION_VALUE', '--preset must be notebook, got "book"'],
    [['--backend', 'gpu'], 'OPTION_VALUE', '--backend must be one of wasm, reference, got "gpu"'],
    [
      ['--validation-split', '1'],
      'OPTION_VALUE',
      '--validation-split must be a number from 0 to below 1, got "1"',
    ],
    [
      ['--data', ''],
      'OPTION_VALUE',
      '--data must be mnist, a folder, a file, or - for standard input, got ""',
    ],
    [['--epocs', '3'], 'OPTION_UNKNOWN', 'unknown option --epocs; did you mean --epochs?'],
    [['--json', '--init'], 'COMMAND_LINE', 'option --init <kind> needs a value'],
    [
      ['trian'],
      'COMMAND_LINE',
      'unknown command trian; the commands are train, evaluate, predict, export, bench',
    ],
    [['evaluate'], 'COMMAND_LINE', 'missing argument <model>'],
    [['evaluate', ''], 'COMMAND_LINE', 'expected the path of a file or folder, got ""'],
    [
      ['evaluate', 'm', '--threads', 'x'],
      'OPTION_VALUE',
      '--threads must be a whole number from 1 to 256, got "x"',
    ],
  ];
  // In this process, which is faster; one case per code also in a process of its own.
  test.each(cases)('%j', async (args, code, message) => {
    const cwd = await temporaryFolder();
    expect(await refusedHere(args, cwd)).toEqual([{ exitCode: 2, code, message }]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each([...new Map(cases.map((each) => [each[1], each])).values()])(
    '%j, in its own process',
    async (args, code, message) => {
      const cwd = await temporaryFolder();
      expect(await runCli([...args, '--json'], { cwd })).toMatchObject({
        code: 2,
        stderr: '',
        events: [{ event: 'error', code, message }],
      });
      expect(await readdir(cwd)).toEqual([]);
    },
  );
});

/** Runs the program in this process, as if typed in a folder, and returns the errors it reports. */
async function refusedHere(args: readonly string[], cwd: string): Promise<object[]> {
  const told: object[] = [];
  const nothing = (): void => undefined;
  const reporter: Reporter = {
    reading: nothing,
    preparing: nothing,
    start: nothing,
    progress: nothing,
    epoch: nothing,
    warning: nothing,
    done: nothing,
    evaluation: nothing,
    exported: nothing,
    prediction: nothing,
    answers: nothing,
    predicted: nothing,
    error: ({ exitCode, code, message }) => void told.push({ exitCode, code, message }),
  };
  const before = process.env['INIT_CWD'];
  process.env['INIT_CWD'] = cwd;
  try {
    await runProgram(args, reporter, new AbortController().signal);
  } catch (error) {
    tellError(error, reporter);
  } finally {
    if (before === undefined) delete process.env['INIT_CWD'];
    else process.env['INIT_CWD'] = before;
  }
  return told;
}

describe('--help', () => {
  test('--help names every option of train, and the commands', async () => {
    const { stdout, code } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const option of [
      'data',
      'test-data',
      'validation-split',
      'hidden',
      'epochs',
      'batch-size',
      'lr',
      'momentum',
      'seed',
      'threads',
      'shards',
      'parallel',
      'init',
      'preset',
      'backend',
      'out',
      'config',
      'cache',
      'no-cache',
      'json',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toContain('evaluate [options] <model>');
    expect(stdout).toContain('export [options] <model>');
    expect((await runCli(['evaluate', '--help'])).stdout).toContain(
      'Usage: micronn evaluate [options] <model>',
    );
  });
});
