/**
 * Lets several commands resume one run at once, many times: one trains, and the others are refused. In every second race
 * they find the lock of a process that is gone.
 *
 *     node test/resume-race.ts 100
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { newOwner } from '../src/run-folder/lock-owner.ts';
import { doneOf, runCli } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

export interface ResumeRace {
  readonly races: number;
  readonly trained: number;
  readonly refused: number;
}

/** @throws Error when a command neither trains nor is refused */
export async function raceResumes(races: number, commands: number): Promise<ResumeRace> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'micronn-race-'));
  try {
    await doneOf([...argumentsOf(await smallRun(cwd)), '--out', 'whole'], { cwd });
    const counts = { trained: 0, refused: 0 };
    const gone = { ...newOwner(), pid: spawnSync(process.execPath, ['--version']).pid };
    for (let race = 0; race < races; race++) {
      const run = path.join(cwd, String(race));
      await cp(path.join(cwd, 'whole'), run, { recursive: true });
      if (race % 2 === 0) await writeFile(path.join(run, '.lock'), JSON.stringify(gone));
      for (const end of await raceOnce(run, cwd, commands)) counts[end]++;
    }
    return { races, ...counts };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

async function raceOnce(folder: string, cwd: string, commands: number): Promise<('trained' | 'refused')[]> {
  const stops: (() => void)[] = [];
  let refused = 0;
  // The one that trains goes on until all others have ended; a second one that trains ends the race as well.
  const stopLast = (): void => {
    if (refused + stops.length >= commands) for (const stop of stops) stop();
  };
  const run = async (): Promise<'trained' | 'refused'> => {
    let isTraining = false;
    const { code, events, stderr } = await runCli(['--resume', folder, '--epochs', '100000', '--json'], {
      cwd,
      onEvent({ event }, kill) {
        if (event !== 'epoch' || isTraining) return;
        isTraining = true;
        stops.push(() => kill('SIGKILL'));
        stopLast();
      },
    });
    if (isTraining) return 'trained';
    if (code !== 2 || events.at(-1)?.['code'] !== 'RUN_FOLDER')
      throw new Error(`exit code ${code}: ${JSON.stringify(events.at(-1))} ${stderr}`);
    refused++;
    stopLast();
    return 'refused';
  };
  return Promise.all(Array.from({ length: commands }, run));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [races = '100', commands = '3'] = process.argv.slice(2);
  process.stdout.write(`${JSON.stringify(await raceResumes(Number(races), Number(commands)))}\n`);
}
