import { expect, test } from 'vitest';
import { assertSameParameters } from './measure-commands.ts';
import {
  type CheckedRun,
  type CommandSetting,
  numpyCommands,
  type TimedCommand,
  timeCommand,
} from './timed-commands.ts';

/** A command of micronn, and a run for each hash of its parameters. */
function runsOf(
  runner: string,
  data: NonNullable<TimedCommand['data']>,
  ...hashes: string[]
): [TimedCommand, CheckedRun[]] {
  const run = { milliseconds: 1, cpuMilliseconds: 1, megabytes: 1, stdout: '' };
  return [
    { task: 'train', runner, data, line: () => ({ command: [], cwd: '.', env: {} }) },
    hashes.map((parametersSha256) => ({ ...run, parametersSha256 })),
  ];
}

test('runs of micronn on the same data must end in the same parameters', () => {
  const other = runsOf('other data', 'part of MNIST', 'cc');
  expect(() =>
    assertSameParameters(
      new Map([runsOf('npm start', 'MNIST', 'aa'), runsOf('micronn', 'MNIST', 'aa', 'aa'), other]),
    ),
  ).not.toThrow();
  expect(() =>
    assertSameParameters(
      new Map([runsOf('npm start', 'MNIST', 'aa'), runsOf('micronn', 'MNIST', 'aa', 'bb'), other]),
    ),
  ).toThrow('bench: expected micronn, train, to give the parameters aa, got bb');
});

test.skipIf(process.platform === 'win32')('a NumPy script that did not learn is an error', async () => {
  // echo, in place of Python, prints the path of the script.
  const setting: CommandSetting = {
    python: 'python3',
    env: process.env,
    folder: '.',
    csv: { train: '', test: '' },
    quick: true,
    signal: new AbortController().signal,
  };
  const [script] = numpyCommands('echo', setting);
  await expect(timeCommand(script!, 'out', setting)).rejects.toThrow(
    'bench: expected NumPy script to reach a test accuracy of 0.9, got NaN',
  );
  for (const [accuracy, learns] of [
    ['0.8999', false],
    ['0.9001', true],
  ] as const) {
    const outcome = async () =>
      script!.outcome!(
        {
          milliseconds: 1,
          cpuMilliseconds: 1,
          megabytes: 1,
          stdout: `test accuracy 0.95\ntest accuracy ${accuracy}\n`,
        },
        'out',
      );
    if (learns) await expect(outcome()).resolves.toEqual({ accuracy: Number(accuracy) });
    else await expect(outcome()).rejects.toThrow(`got ${accuracy}`);
  }
});
