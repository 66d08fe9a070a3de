import path from 'node:path';
import { type BenchRow, comparedToEach, toRow } from './bench-rows.ts';
import { failedCheck, takeTurns, throwIfInterrupted } from './contender.ts';
import { findPython } from './installed-peers.ts';
import type { CsvFiles } from './measure-csv.ts';
import { cloneFolder } from './package-folder.ts';
import { runCommand } from './run-command.ts';
import {
  CACHED,
  type CheckedRun,
  type CommandSetting,
  CSV_RUN,
  commandEnvironment,
  DEFAULT_RUN,
  micronnCommands,
  numpyCommands,
  START,
  startCommands,
  type TimedCommand,
  timeCommand,
} from './timed-commands.ts';

/** Commands that only start are short, so each is timed this many times per round. */
const STARTS_PER_ROUND = 3;

type Runs = ReadonlyMap<TimedCommand, readonly CheckedRun[]>;

/**
 * Whole commands as a user types them, in turns: wall clock, processor time and peak memory of the default run, beside
 * a NumPy script that does the same job; of the same run on a CSV, before and after it is cached; and of commands that
 * only start, beside an empty Node. Each training must have learned, and all of micronn's must end in the same bits.
 *
 * @param csv the data set as CSV files
 * @param folder an existing folder, for what the commands write
 * @throws MicronnError when a command fails or gives a wrong result
 */
export async function measureCommands(
  csv: CsvFiles,
  folder: string,
  rounds: number,
  quick: boolean,
  signal: AbortSignal,
): Promise<{ rows: BenchRow[]; versions: Readonly<Record<string, string>> }> {
  const windows = process.platform === 'win32';
  const python = windows ? undefined : await findPython([], signal);
  if (python === undefined) {
    const why = windows ? 'processor time is not measured on Windows' : 'processor time needs Python 3';
    return { rows: [leftOut('micronn', why)], versions: {} };
  }
  const env = commandEnvironment(path.join(folder, 'cache-of-commands'));
  const setting: CommandSetting = { python, env, folder, csv, quick, signal };
  let runs = 0;
  const time = (command: TimedCommand): Promise<CheckedRun> =>
    timeCommand(command, path.join(folder, `command-${++runs}`), setting);

  const { scripts, versions, unable } = await openScripts(setting, time);
  const own = await micronnCommands(setting);
  // The first run reads files that are not in memory, and fills the cache. In quick mode, only the cache matters.
  for (const command of quick ? own.filter(({ runner }) => runner === CACHED) : own) await time(command);
  const trained = await takeTurns([...own, ...scripts], rounds, time, signal);
  assertSameParameters(trained);

  const starts = startCommands(setting);
  if (!quick) for (const command of starts) await time(command);
  const started = await takeTurns(starts, quick ? 1 : STARTS_PER_ROUND * rounds, time, signal);
  const rows = [
    ...defaultRows(trained),
    ...(cloneFolder() === undefined ? [leftOut('npm start', 'this is not a clone of the repository')] : []),
    ...unable,
    ...csvRows(trained),
    ...startRows(started),
  ];
  return { rows, versions };
}

/** The NumPy scripts that run and learn, or the row that says why they are left out. */
async function openScripts(
  setting: CommandSetting,
  time: (command: TimedCommand) => Promise<CheckedRun>,
): Promise<{ scripts: TimedCommand[]; versions: Readonly<Record<string, string>>; unable: BenchRow[] }> {
  const { python, env, folder, signal } = setting;
  const unable = (why: string) => ({
    scripts: [],
    versions: {},
    unable: [leftOut('NumPy script', why)],
  });
  const numpy = await findPython(['numpy'], signal);
  if (numpy === undefined) return unable('NumPy is not installed');
  try {
    const scripts = numpyCommands(numpy, setting);
    for (const script of scripts) await time(script);
    const program = `import json, platform, numpy
print(json.dumps({"python": platform.python_version(), "numpy": numpy.__version__}))`;
    const { stdout } = await runCommand(
      python,
      { command: [numpy, '-c', program], cwd: folder, env },
      signal,
    );
    return { scripts, versions: JSON.parse(stdout) as Record<string, string>, unable: [] };
  } catch (error) {
    throwIfInterrupted(signal);
    return unable(error instanceof Error ? error.message : String(error));
  }
}

/**
 * All trainings of micronn on the same data must end in the same parameters.
 *
 * @throws MicronnError when two do not
 */
export function assertSameParameters(trained: Runs): void {
  const found = new Map<string, string | undefined>();
  for (const [{ task, runner, data }, runs] of trained) {
    if (data === undefined) continue;
    for (const { parametersSha256 } of runs) {
      const expected = found.get(data) ?? parametersSha256;
      found.set(data, expected);
      if (parametersSha256 !== expected)
        throw failedCheck(`${runner}, ${task}, to give the parameters ${expected}`, String(parametersSha256));
    }
  }
}

const measures = {
  'wall clock': { unit: 'ms', of: ({ milliseconds }: CheckedRun) => milliseconds },
  'processor time': { unit: 'ms', of: ({ cpuMilliseconds }: CheckedRun) => cpuMilliseconds },
  memory: { unit: 'MB', of: ({ megabytes }: CheckedRun) => megabytes },
  'first epoch / median epoch': { unit: '×', of: ({ firstEpoch }: CheckedRun) => firstEpoch ?? NaN },
} as const;

/** One measure of a task's commands. */
function rowsOf(runs: Runs, task: string, measure: keyof typeof measures): BenchRow[] {
  const { unit, of } = measures[measure];
  return [...runs]
    .filter(([command]) => command.task === task)
    .map(([{ runner, note }, these]) =>
      toRow({
        section: 'commands',
        name: `${task}: ${measure}`,
        runner,
        threads: null,
        unit,
        rounds: these.map(of),
        accuracy: these[0]!.accuracy ?? null,
        parametersSha256: these[0]!.parametersSha256 ?? null,
        note: (measure === 'wall clock' && note) || null,
      }),
    );
}

/** The default run, with the speed-up of each of micronn's rows over each NumPy script. */
function defaultRows(trained: Runs): BenchRow[] {
  const compared = (['wall clock', 'processor time', 'memory'] as const).flatMap((measure) => {
    const rows = rowsOf(trained, DEFAULT_RUN, measure);
    const scripts = rows.filter(({ parametersSha256 }) => parametersSha256 === null);
    return rows.map((row) => (scripts.includes(row) ? row : comparedToEach(row, scripts)));
  });
  const firstEpoch = rowsOf(trained, DEFAULT_RUN, 'first epoch / median epoch');
  return [...compared, ...firstEpoch.filter(({ runner }) => runner === 'micronn')];
}

/** The runs on a CSV, each with its speed-up over the same run on MNIST's own files. */
function csvRows(trained: Runs): BenchRow[] {
  return (['wall clock', 'processor time', 'memory'] as const).flatMap((measure) => {
    const own = rowsOf(trained, DEFAULT_RUN, measure).filter(({ runner }) => runner === 'micronn');
    const files = own.map((row) => ({ ...row, runner: 'MNIST’s own files' }));
    return rowsOf(trained, CSV_RUN, measure).map((row) => comparedToEach(row, files));
  });
}

/** The commands that only start, each with its speed-up over an empty Node, which comes first. */
function startRows(started: Runs): BenchRow[] {
  return (['wall clock', 'processor time'] as const).flatMap((measure) => {
    const [node, ...commands] = rowsOf(started, START, measure);
    return [node!, ...commands.map((row) => comparedToEach(row, [node!]))];
  });
}

/** The row of a default run that is not measured. */
function leftOut(runner: string, why: string): BenchRow {
  return toRow({
    section: 'commands',
    name: `${DEFAULT_RUN}: wall clock`,
    runner,
    threads: null,
    unit: 'ms',
    rounds: [],
    note: `left out: ${why}`,
  });
}
