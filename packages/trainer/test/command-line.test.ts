import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../src/command/program.ts';
import type { Reporter } from '../src/console/reporter.ts';
import { tellError } from '../src/console/tell-error.ts';
import { loadRun } from '../src/run-folder/saved-run.ts';
import { type CliResult, runCli, temporaryFolder } from './run-cli.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('a wrong option gets exit code 2 and is named', () => {
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
    [['evaluate', 'one', 'two'], 'COMMAND_LINE', 'expected fewer arguments for evaluate, got one, two'],
    [
      ['export', 'one'],
      'OPTION_VALUE',
      'expected --format, one of safetensors, onnx, json, or --out with a file that ends so, got neither',
    ],
    [['--momentum', '1'], 'OPTION_VALUE', '--momentum must be a number from 0 to below 1, got "1"'],
    [
      ['--hidden', '10,,5'],
      'OPTION_VALUE',
      '--hidden must be layer sizes from 1 to 65536, as 10 or 128,64, got "10,,5"',
    ],
    [
      ['--hidden', '0'],
      'OPTION_VALUE',
      '--hidden must be layer sizes from 1 to 65536, as 10 or 128,64, got "0"',
    ],
    [
      ['--seed', '9007199254740992'],
      'OPTION_VALUE',
      '--seed must be a whole number of at least 0, got "9007199254740992"',
    ],
    [['--threads', '0'], 'OPTION_VALUE', '--threads must be a whole number from 1 to 256, got "0"'],
    [['--shards', '0x8'], 'OPTION_VALUE', '--shards must be a whole number from 1 to 1024, got "0x8"'],
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
    [['--data', ''], 'OPTION_VALUE', '--data must be mnist, a folder or a file, got ""'],
    [['--epocs', '3'], 'OPTION_UNKNOWN', "unknown option '--epocs' (Did you mean --epochs?)"],
    [['--json', '--init'], 'COMMAND_LINE', "option '--init <kind>' argument missing"],
    [
      ['trian'],
      'COMMAND_LINE',
      'expected train, evaluate, predict, export or bench and their options, got trian',
    ],
    [['evaluate'], 'COMMAND_LINE', "missing required argument 'model'"],
    [['evaluate', ''], 'COMMAND_LINE', 'expected a file or a folder, got ""'],
    [
      ['evaluate', 'm', '--threads', 'x'],
      'OPTION_VALUE',
      '--threads must be a whole number from 1 to 256, got "x"',
    ],
  ];
  // Here, which saves the start of a process each; and one of each kind through the real one.
  test.each(cases)('%j', async (args, code, message) => {
    const cwd = await temporaryFolder();
    expect(await refusedHere(args, cwd)).toEqual([{ exitCode: 2, code, message }]);
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each([...new Map(cases.map((each) => [each[1], each])).values()])(
    '%j, told by the process',
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

/** What the program tells in this process, typed in that folder. */
async function refusedHere(args: readonly string[], cwd: string): Promise<object[]> {
  const told: object[] = [];
  const nothing = (): void => undefined;
  const reporter: Reporter = {
    start: nothing,
    progress: nothing,
    epoch: nothing,
    warning: nothing,
    done: nothing,
    evaluation: nothing,
    exported: nothing,
    prediction: nothing,
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

describe('bench', () => {
  test.each([
    ['mine.json', "--out must be a new file or a benchmark's, got one that holds something else"],
    ['folder', /^--out must be a new file or a benchmark's, got EISDIR: /],
    ['mine.json/bench.json', /^--out must be a new file or a benchmark's, got E(EXIST|NOTDIR): /],
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

describe('standard output', () => {
  test.skipIf(process.platform === 'win32')(
    'that nobody reads any more ends the run as Ctrl-C does, and nothing is lost',
    async () => {
      const cwd = await temporaryFolder();
      const child = spawn(process.execPath, [main, '--epochs', '100000', '--out', 'run'], {
        cwd,
        env: { ...process.env, INIT_CWD: cwd },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.once('data', () => child.stdout.destroy());
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(130);
      expect(stderr).toMatch(/error INTERRUPTED: interrupted .*; --resume .*run goes on from there\n$/);
      const { checkpoint } = await loadRun(path.join(cwd, 'run'), (_, message) => {
        throw new Error(message);
      });
      expect(checkpoint.position.epoch + checkpoint.position.step).toBeGreaterThan(0);
    },
  );
});

describe('a configuration file', () => {
  test.each([
    ['{"epochs":"x"}', 'OPTION_VALUE', 'epochs must be a whole number from 0 to 1000000, got "x"'],
    ['{"batch-size":0}', 'OPTION_VALUE', 'batchSize must be a whole number of at least 1, or full, got 0'],
    [
      '{"epoch":1}',
      'OPTION_UNKNOWN',
      'expected options of train (data, testData, validationSplit, hidden, epochs, batchSize, lr, momentum, seed, threads, shards, init, preset, backend, earlyStop, out, resume, checkpointEvery, maxRestarts, cache), got epoch',
    ],
    ['{"cache":"no"}', 'OPTION_VALUE', 'cache must be true or false, got "no"'],
    ['[]', 'CONFIG_FILE', 'expected an object of options'],
    ['{"batch-size":8,"batchSize":9}', 'OPTION_CONFLICT', 'expected batchSize once, got it in two spellings'],
    ['\uFEFF{"lr":0}', 'OPTION_VALUE', 'lr must be a number above 0, within the range of float32, got 0'],
  ])('%s is refused', async (content, code, sentence) => {
    const cwd = await temporaryFolder();
    const file = path.join(cwd, 'config.json');
    await writeFile(file, content);
    const run = await runCli(['--config', 'config.json', '--json'], { cwd });
    expect(run).toMatchObject({ code: 2, events: [{ code, message: `${file}: ${sentence}` }] });
  });

  test('that is no JSON, or not there', async () => {
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
          message: `${path.join(cwd, 'none.json')}: expected a JSON file for --config, found nothing`,
        },
      ],
    });
    expect(await runCli(['--config', '.', '--json'], { cwd })).toMatchObject({
      code: 2,
      events: [{ code: 'CONFIG_FILE', message: `${cwd}: expected a JSON file for --config, found a folder` }],
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
            /run: expected a run that no other process trains, got one of process \d+ on .+; if that is untrue, remove \.lock$/,
          ),
        },
      ],
    });
    expect(await readdir(path.join(cwd, 'run'))).not.toContain('.lock');
  });

  test('--out may be an empty folder; one that holds something is refused and stays as it was', async () => {
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
          message: `${full}: --out must be a folder that is new or empty, got one that holds mine.txt`,
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

describe('a model to evaluate', () => {
  test('that is not there, or damaged, gets exit code 6', async () => {
    const cwd = await temporaryFolder();
    await runCli(['--epochs', '0', '--out', 'run', '--json'], { cwd });
    const model = path.join(cwd, 'run', 'last.safetensors');
    const bytes = await readFile(model);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(model, bytes);
    expect(await runCli(['evaluate', 'run', '--json'], { cwd })).toMatchObject({
      code: 6,
      events: [
        {
          code: 'MODEL_DAMAGED',
          message: expect.stringMatching(/expected content with SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}$/),
        },
      ],
    });
    await writeFile(model, bytes.subarray(0, 1000));
    expect(await runCli(['evaluate', 'run', '--json'], { cwd })).toMatchObject({
      code: 6,
      events: [{ code: 'MODEL_DAMAGED' }],
    });
    expect(await runCli(['evaluate', 'none.safetensors', '--json'], { cwd })).toMatchObject({
      code: 6,
      events: [
        {
          code: 'MODEL_NOT_FOUND',
          message: `${path.join(cwd, 'none.safetensors')}: expected a model, a .safetensors, .onnx or .json file or a run folder, found nothing`,
        },
      ],
    });
    const csv = path.join(cwd, 'run', 'metrics.csv');
    expect(await runCli(['evaluate', csv, '--json'], { cwd })).toMatchObject({
      code: 6,
      events: [
        {
          code: 'MODEL_DAMAGED',
          message: `${csv}: expected a .safetensors, .onnx or .json file, got one of another kind`,
        },
      ],
    });
  });
});

/** Numbers that differ from run to run, out of the way. */
function withoutTimes(text: string): string {
  return text
    .replace(/[\d.]+ s /g, '# s ')
    .replace(/[\d,]+ images\/s/g, '# images/s')
    .replace(/[0-9a-f]{64}/g, '#')
    .replace(/\d+ threads?/g, '# threads')
    .replace(/\d\d\.\d\d %/g, '## %')
    .replace(/\d\.\d{4}/g, '#.####');
}

describe('what a person sees', () => {
  test('in a pipe: plain lines', async () => {
    const cwd = await temporaryFolder();
    const { stdout, stderr, code } = await runCli(['--epochs', '2', '--out', 'run', '--threads', '1'], {
      cwd,
      report: true,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(withoutTimes(stdout)).toBe(`MicroNN
  network   784 → 10 → 10 · 7,960 parameters · uniform initialisation
  images    MNIST · 60,000 to train · 10,000 to test
  training  2 epochs · batch 64 · learning rate 0.1 · seed 42
  machine   # threads · 4 shards a batch · wasm backend

epoch 1/2  loss #.####  accuracy ## %  │  test #.####  ## %  │  # s  # images/s
epoch 2/2  loss #.####  accuracy ## %  │  test #.####  ## %  │  # s  # images/s

  test        accuracy ## % · loss #.####
  time        # s training · # images/s · # s in all
  parameters  sha256 #
  saved in    run
  report      run/report.html
`);
  });

  test.skipIf(process.platform !== 'linux')(
    'on a terminal: colour, a bar while an epoch runs, and its line after it',
    () => {
      // util-linux's script gives the command a real terminal. The network is one whose epoch takes long
      // enough for a bar on any machine.
      const { stdout, status } = spawnSync(
        'script',
        [
          '-qec',
          `${process.execPath} ${main} --epochs 1 --hidden 512,256 --out "$(mktemp -d)/run"`,
          '/dev/null',
        ],
        {
          encoding: 'utf8',
          // Nothing else of this process's environment: CI, NO_COLOR and the like decide on colours too.
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color' },
        },
      );
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /━+─* +\d+ % {2}epoch 1\/1 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % {2}[\d,]+ images\/s {2}[\d.]+ s left/,
      );
      expect(stdout).toMatch(/epoch 1\/1 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % {2}│ {2}test/);
      expect(stdout).toContain('\u001b[36mnetwork');
    },
  );

  test('too many threads are warned of on standard error, and in an event', async () => {
    const cwd = await temporaryFolder();
    const cores = availableParallelism();
    const run = ['--epochs', '0', '--threads', String(cores + 1)];
    expect(await runCli([...run, '--out', 'a'], { cwd })).toMatchObject({
      code: 0,
      stderr: `warning MORE_THREADS_THAN_CORES: ${cores + 1} threads on ${cores} cores wait for each other: --threads ${cores} is faster\n`,
    });
    const { events } = await runCli([...run, '--out', 'b', '--json'], { cwd });
    expect(events[1]).toMatchObject({ event: 'warning', code: 'MORE_THREADS_THAN_CORES' });
  });

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
