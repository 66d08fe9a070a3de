import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type BenchRow, toRow } from './bench-rows.ts';
import { failedCheck, takeTurns } from './contender.ts';
import { TELL_PEAK_MEMORY, toldPeakMegabytes } from './peak-memory.ts';

const main = fileURLToPath(new URL('../../bin/micronn.mjs', import.meta.url));

/** The measurements of one run of the command. */
interface RunTimes {
  /** From starting the process to the line with the summary. */
  readonly toSummary: number;
  readonly training: number;
  readonly megabytes: number;
}

interface Start {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Milliseconds from starting the command to its summary, without an epoch, with the defaults, and on a CSV before and
 * after it is cached; and the peak memory. Starting pnpm is not included.
 *
 * @param folder for the run folders
 * @param cache the cache folder: at first without the CSV, afterwards with it
 * @throws MicronnError when a run fails
 */
export async function measureStart(
  folder: string,
  csv: string,
  cache: string,
  rounds: number,
  quick: boolean,
  signal: AbortSignal,
): Promise<BenchRow[]> {
  const fromCsv = ['--data', csv, '--epochs', '0'];
  const starts: Start[] = [
    { name: 'no epoch', args: ['--epochs', '0'] },
    quick ? { name: '1 epoch', args: ['--epochs', '1'] } : { name: 'defaults: 10 epochs', args: [] },
    { name: 'CSV, first time, no epoch', args: fromCsv },
    { name: 'CSV, from the cache, no epoch', args: fromCsv },
  ];
  const env = {
    ...process.env,
    MICRONN_CACHE: cache,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${TELL_PEAK_MEMORY}`,
  };
  let runs = 0;
  const results = new Map<Start, RunTimes[]>(starts.map((start) => [start, []]));
  const time = async (start: Start): Promise<number> => {
    const run = await runCommand([...start.args, '--out', path.join(folder, `run-${++runs}`)], env, signal);
    results.get(start)!.push(run);
    return run.toSummary;
  };
  // The run that fills the cache comes first; the others take turns.
  await takeTurns([starts[2]!], 1, time, signal);
  const turns = [starts[0]!, starts[1]!, starts[3]!];
  await takeTurns(turns, rounds, time, signal);

  return starts.flatMap((start) => {
    const rows = (name: string, unit: 'ms' | 'MB', pick: (run: RunTimes) => number): BenchRow =>
      toRow({
        section: 'start-up',
        name: `${start.name}: ${name}`,
        runner: 'micronn',
        threads: null,
        unit,
        rounds: results.get(start)!.map(pick),
      });
    const trains = start === starts[1];
    return [
      rows('to the summary', 'ms', ({ toSummary }) => toSummary),
      ...(trains ? [rows('of which training', 'ms', ({ training }) => training)] : []),
      rows('memory at most', 'MB', ({ megabytes }) => megabytes),
    ];
  });
}

async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<RunTimes> {
  const begin = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, main, ...args, '--json'], {
    env,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let toSummary: number | undefined;
  let training = 0;
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
    const event = JSON.parse(line) as { event: string; trainSeconds: number };
    if (event.event !== 'done') return;
    toSummary = performance.now() - begin;
    training = 1000 * event.trainSeconds;
  });
  const [code] = await closed;
  if (code !== 0 || toSummary === undefined)
    throw failedCheck(`"${args.join(' ')}" to succeed`, `exit code ${code}, ${last} ${errors.trim()}`);
  return { toSummary, training, megabytes: toldPeakMegabytes(errors) };
}
