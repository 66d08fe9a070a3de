import { rm } from 'node:fs/promises';
import { mnistFolder } from '../data/source/read-source.ts';
import { readMetrics } from '../run-folder/metrics-files.ts';
import { medianOf } from './bench-rows.ts';
import { failedCheck } from './contender.ts';
import type { CsvFiles } from './measure-csv.ts';
import { BLAS_VARIABLES } from './measure-peers.ts';
import { benchFile, cloneFolder, installedBin } from './package-folder.ts';
import { type CommandLine, type CommandRun, runCommand, terminalEnvironment } from './run-command.ts';

/** The epochs of the default run and of the NumPy script. */
const EPOCHS = 10;
/** The test accuracy that a training must reach before its time counts; with --quick, a CSV has fewer rows. */
const LEAST_ACCURACY = { MNIST: 0.9, 'part of MNIST': 0.5 };

export const DEFAULT_RUN = `784-10-10, ${EPOCHS} epochs`;
export const CSV_RUN = `${DEFAULT_RUN}, from a CSV`;
/** The runner of a run that finds its CSV in the cache. */
export const CACHED = 'micronn, cached';
export const START = 'start';

/** The results of a training, as read from its output. */
interface Outcome {
  readonly accuracy: number;
  readonly parametersSha256?: string;
  /** The time of the first epoch divided by that of the median epoch. */
  readonly firstEpoch?: number;
}

export type CheckedRun = CommandRun & Partial<Outcome>;

/** A command that is timed as a whole. */
export interface TimedCommand {
  /** The beginning of the names of its rows. */
  readonly task: string;
  readonly runner: string;
  readonly note?: string;
  /** The data that micronn trains on: on the same data, all runs must end in the same parameters. */
  readonly data?: keyof typeof LEAST_ACCURACY;
  /** The command that writes its results to a new path. */
  readonly line: (out: string) => CommandLine;
  /** Reads and checks the results of a run. */
  readonly outcome?: (run: CommandRun, out: string) => Promise<Outcome>;
}

/** Where and on what the commands run. */
export interface CommandSetting {
  /** A Python that runs run_command.py. */
  readonly python: string;
  /** The environment of all commands. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which they run and write. */
  readonly folder: string;
  readonly csv: CsvFiles;
  /** Whether the CSV files hold a part of MNIST, and each command runs as few times as possible. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
}

/** The environment of a command typed in a terminal, with a cache that the user does not share. */
export function commandEnvironment(cache: string): NodeJS.ProcessEnv {
  return { ...terminalEnvironment(), MICRONN_CACHE: cache };
}

/** Runs a command and reads its results. */
export async function timeCommand(
  { line, outcome }: TimedCommand,
  out: string,
  { python, signal }: Pick<CommandSetting, 'python' | 'signal'>,
): Promise<CheckedRun> {
  const run = await runCommand(python, line(out), signal);
  return { ...run, ...(await outcome?.(run, out)) };
}

/** The default run, as `npm start` in a clone and as the installed command, and the same run on a CSV. */
export async function micronnCommands(setting: CommandSetting): Promise<TimedCommand[]> {
  const { csv, env, folder, quick } = setting;
  const data = quick ? 'part of MNIST' : 'MNIST';
  const micronn = (args: readonly string[], settings?: NodeJS.ProcessEnv): CommandLine => ({
    command: [process.execPath, installedBin(), ...args],
    cwd: folder,
    env: { ...env, ...settings },
  });
  const fromCsv = ['--data', csv.train, '--test-data', csv.test];
  const cacheOf = (out: string): string => `${out}-cache`;
  return [
    ...(await npmStart(setting)),
    {
      task: DEFAULT_RUN,
      runner: 'micronn',
      data: 'MNIST',
      line: (out) => micronn(['--out', out]),
      outcome: (run, out) => runOutcome(run, out, LEAST_ACCURACY.MNIST),
    },
    {
      task: CSV_RUN,
      runner: 'micronn, first time',
      data,
      line: (out) => micronn([...fromCsv, '--out', out], { MICRONN_CACHE: cacheOf(out) }),
      async outcome(run, out) {
        await rm(cacheOf(out), { recursive: true, force: true });
        return runOutcome(run, out, LEAST_ACCURACY[data]);
      },
    },
    {
      task: CSV_RUN,
      runner: CACHED,
      data,
      line: (out) => micronn([...fromCsv, '--out', out]),
      outcome: (run, out) => runOutcome(run, out, LEAST_ACCURACY[data]),
    },
  ];
}

/** `npm start` in the clone in which bench runs, if it does. */
async function npmStart({ python, env, folder, signal }: CommandSetting): Promise<TimedCommand[]> {
  const clone = cloneFolder();
  if (clone === undefined) return [];
  const versions = { command: ['npm', 'version', '--json'], cwd: folder, env };
  const { npm, node } = JSON.parse((await runCommand(python, versions, signal)).stdout) as {
    npm: string;
    node: string;
  };
  return [
    {
      task: DEFAULT_RUN,
      runner: 'npm start',
      note: `npm ${npm} on Node ${node}`,
      data: 'MNIST',
      line: (out) => ({ command: ['npm', 'start', '--', '--out', out], cwd: clone, env }),
      outcome: (run, out) => runOutcome(run, out, LEAST_ACCURACY.MNIST),
    },
  ];
}

/**
 * The results of a run of micronn, from its run folder and its last lines.
 *
 * @throws MicronnError when they are incomplete, or the accuracy is below `least`
 */
async function runOutcome({ stdout }: CommandRun, out: string, least: number): Promise<Outcome> {
  const epochs = await readMetrics(out, EPOCHS);
  const parametersSha256 = /sha256 ([0-9a-f]{64})/.exec(stdout)?.[1];
  const accuracy = epochs.at(-1)?.testAccuracy;
  if (epochs.length !== EPOCHS || accuracy === undefined || parametersSha256 === undefined)
    throw failedCheck(`${EPOCHS} epochs and the SHA-256 of the parameters`, stdout);
  assertLearned('micronn', accuracy, least);
  const seconds = epochs.map((epoch) => epoch.seconds);
  return { accuracy, parametersSha256, firstEpoch: seconds[0]! / medianOf(seconds) };
}

/** The NumPy script, with as many threads as OpenBLAS chooses, and with one: these matrices are small. */
export function numpyCommands(numpy: string, { env, folder, quick }: CommandSetting): TimedCommand[] {
  const plain: NodeJS.ProcessEnv = { ...env };
  for (const variable of BLAS_VARIABLES) delete plain[variable];
  const script = (runner: string, settings: NodeJS.ProcessEnv = {}): TimedCommand => ({
    task: DEFAULT_RUN,
    runner,
    line: (out) => ({
      command: [numpy, benchFile('peers/numpy_script.py'), mnistFolder(), `${out}.npz`],
      cwd: folder,
      env: { ...plain, ...settings },
    }),
    outcome({ stdout }) {
      const accuracy = lastAccuracy(stdout);
      assertLearned(runner, accuracy, LEAST_ACCURACY.MNIST);
      return Promise.resolve({ accuracy });
    },
  });
  const oneThread = script('NumPy script, 1 BLAS thread', { OPENBLAS_NUM_THREADS: '1' });
  return [script('NumPy script'), ...(quick ? [] : [oneThread])];
}

/** The last test accuracy that the NumPy script printed; NaN if there is none. */
function lastAccuracy(stdout: string): number {
  return Number([...stdout.matchAll(/test accuracy ([\d.]+)/g)].at(-1)?.[1]);
}

function assertLearned(runner: string, accuracy: number, least: number): void {
  if (!(accuracy >= least))
    throw failedCheck(`${runner} to reach a test accuracy of ${least}`, String(accuracy));
}

/** An empty Node, and commands that end without training. */
export function startCommands({ env, folder }: CommandSetting): TimedCommand[] {
  const start = (runner: string, args: readonly string[], exitCode = 0): TimedCommand => ({
    task: START,
    runner,
    line: () => ({ command: [process.execPath, ...args], cwd: folder, env, exitCode }),
  });
  const bin = installedBin();
  return [
    start('node -e 0', ['-e', '0']),
    start('micronn --version', [bin, '--version']),
    start('micronn --help', [bin, '--help']),
    start('micronn --nonsense', [bin, '--nonsense'], 2),
  ];
}
