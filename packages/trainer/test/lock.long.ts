import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { newOwner } from '../src/run-folder/lock-owner.ts';
import { raceForLocks } from './lock-race.ts';
import { hasNamespaces, onHost } from './namespace.ts';
import { raceResumes } from './resume-race.ts';
import { type CliResult, doneOf, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

test('eight processes that race for a lock 2,000 times: never two holders, and never none', async () => {
  const { rounds, held, deaths } = await raceForLocks(2000, 8, 1);
  expect(rounds).toBe(2000);
  expect(held).toBeGreaterThan(1900);
  expect(deaths).toBeGreaterThan(20);
}, 600_000);

test.skipIf(process.platform === 'win32')(
  'three commands that resume one run at once, ten times: one trains, and the others leave with exit code 2',
  async () => {
    expect(await raceResumes(10, 3)).toEqual({ races: 10, trained: 10, refused: 20 });
  },
  600_000,
);

describe.runIf(hasNamespaces)('a run on another machine', () => {
  const endless = ['--epochs', '100000', '--json'];

  test.each([
    ['with another host name', 'elsewhere'],
    ['with this host name', newOwner().host],
  ])(
    '%s is refused while it trains, and taken over after a silence when it was killed',
    async (_, host) => {
      const cwd = await temporaryFolder();
      const run = argumentsOf(await smallRun(cwd));
      await doneOf([...run, '--out', 'run'], { cwd });
      const held = expect.stringMatching(
        new RegExp(`run: process \\d+ on ${host} is training in this run folder;`),
      );
      let refused: Promise<CliResult> | undefined;
      await runCli(['--resume', 'run', ...endless], {
        cwd,
        launcher: onHost(host, 'another-boot'),
        onEvent({ event }, kill) {
          if (event !== 'epoch' || refused) return;
          refused = runCli(['--resume', 'run', '--json'], { cwd }).finally(() => kill('SIGKILL'));
        },
      });
      expect(await refused).toMatchObject({
        code: 2,
        events: [{ code: 'RUN_FOLDER_LOCKED' }, { code: 'RUN_FOLDER', message: held }],
      });
      const begin = performance.now();
      let seconds = 0;
      const { events } = await runCli(['--resume', 'run', ...endless], {
        cwd,
        onEvent({ event }, kill) {
          if (event !== 'start') return;
          seconds = (performance.now() - begin) / 1000;
          kill('SIGTERM');
        },
      });
      expect(events[0]).toMatchObject({ event: 'warning', code: 'RUN_FOLDER_LOCKED' });
      expect(events.at(-1)).toMatchObject({ code: 'INTERRUPTED' });
      // Not before: how long it takes otherwise depends on the machine.
      expect(seconds).toBeGreaterThan(30);
    },
    600_000,
  );

  test('that was killed keeps nobody from pressing Ctrl-C', async () => {
    const cwd = await temporaryFolder();
    await doneOf([...argumentsOf(await smallRun(cwd)), '--out', 'run'], { cwd });
    await writeFile(path.join(cwd, 'run', '.lock'), JSON.stringify({ ...newOwner(), host: 'elsewhere' }));
    const { code, events } = await runCli(['--resume', 'run', '--json'], {
      cwd,
      onEvent: ({ event }, kill) => event === 'warning' && kill('SIGTERM'),
    });
    expect({ code, last: events.at(-1) }).toMatchObject({ code: 130, last: { code: 'INTERRUPTED' } });
  });
});
