import path from 'node:path';
import { createRandomStream } from '@micronn/core';
import { expect, test } from 'vitest';
import { loadRun } from '../src/run-folder/saved-run.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, STEPS_PER_EPOCH, smallRun } from './small-run.ts';

test('ten workers that end at random steps of one run, twice: the same hash each time, and ten warnings', async () => {
  const cwd = await temporaryFolder();
  const run = argumentsOf({ ...(await smallRun(cwd)), maxRestarts: '10' });
  const whole = await doneOf([...run, '--out', 'whole'], { cwd });
  const draw = createRandomStream(10, 'permutation');
  for (const name of ['first', 'second']) {
    const deaths = Array.from({ length: 10 }, () => ({
      epoch: 1 + draw.nextBelow(2),
      at: draw.nextBelow(2 * STEPS_PER_EPOCH) / 2,
      worker: draw.nextBelow(2),
      how: draw.nextBelow(4) === 0 ? ('throw' as const) : ('exit' as const),
    }));
    const { code, events, stderr } = await runCli([...run, '--out', name, '--json'], {
      cwd,
      faults: deaths,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const warnings = events.filter((event) => event['code'] === 'WORKER_DIED');
    expect(warnings.map(({ message }) => message)).toEqual(
      Array.from({ length: 10 }, (_, k) =>
        expect.stringMatching(
          new RegExp(
            `^a worker died \\((a fault injected by a test|worker exited with code: 1)\\): training restarts from the start of epoch [12], restart ${k + 1} of at most 10$`,
          ),
        ),
      ),
    );
    expect(events.at(-1)!['parametersSha256']).toBe(whole['parametersSha256']);
  }
});

test('a worker out of memory, among three others that wait for it: the same hash', async () => {
  const cwd = await temporaryFolder();
  const run = argumentsOf({ ...(await smallRun(cwd)), threads: '4' });
  const whole = await doneOf([...run, '--out', 'whole'], { cwd });
  const { code, events } = await runCli([...run, '--out', 'run', '--json'], {
    cwd,
    faults: [{ epoch: 2, at: 4.5, worker: 2, how: 'memory' }],
    env: { NODE_OPTIONS: '--max-old-space-size=64' },
  });
  expect(code).toBe(0);
  expect(events.find((event) => event['code'] === 'WORKER_DIED')).toMatchObject({
    message:
      'a worker died (Worker terminated due to reaching memory limit: JS heap out of memory): training restarts from the start of epoch 2, restart 1 of at most 3',
  });
  expect(events.at(-1)!['parametersSha256']).toBe(whole['parametersSha256']);
});

test('a worker that always ends: exit code 5, and a checkpoint to go on from', async () => {
  const cwd = await temporaryFolder();
  const run = argumentsOf(await smallRun(cwd));
  const whole = await doneOf([...run, '--out', 'whole'], { cwd });
  const { code, events } = await runCli([...run, '--max-restarts', '2', '--out', 'run', '--json'], {
    cwd,
    faults: [{ epoch: 2, at: 7, worker: 1, how: 'exit', always: true }],
  });
  expect({ code, events: events.map(({ event }) => event) }).toEqual({
    code: 5,
    events: ['start', 'epoch', 'warning', 'warning', 'error'],
  });
  expect(events.at(-1)).toEqual({
    event: 'error',
    code: 'WORKERS_FAILED',
    message:
      'a worker died in epoch 2 (worker exited with code: 1), once more than --max-restarts 2 allows; the last checkpoint is intact',
  });
  const { checkpoint } = await loadRun(path.join(cwd, 'run'), (_, message) => {
    throw new Error(message);
  });
  expect(checkpoint.position).toMatchObject({ epoch: 1, step: 0 });
  expect((await doneOf(['--resume', 'run'], { cwd }))['parametersSha256']).toBe(whole['parametersSha256']);
});
