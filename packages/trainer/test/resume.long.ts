import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMnist, writeIdxFolder } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { loadRun } from '../src/run-folder/saved-run.ts';
import type { Fault } from './harness/faults.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, STEPS_PER_EPOCH, smallRun } from './small-run.ts';
import { trainHere } from './train-here.ts';

const STEPS = 2 * STEPS_PER_EPOCH;

/** A SIGTERM in this step of the run, from 0. */
const signalIn = (step: number): Fault => ({
  epoch: 1 + Math.floor(step / STEPS_PER_EPOCH),
  at: step % STEPS_PER_EPOCH,
  worker: 0,
  how: 'signal',
});

const load = (folder: string) =>
  loadRun(folder, (code, message) => {
    throw new Error(`${code}: ${message}`);
  });

/** Everything in a run folder that does not depend on time: metrics, and the tensors of the models. */
async function leftBy(folder: string): Promise<unknown> {
  const read = (name: string) => readFile(path.join(folder, name));
  const tensors = async (name: string) => {
    const bytes = await read(name);
    return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0))).toString('hex');
  };
  return {
    jsonl: (await read('metrics.jsonl')).toString().replace(/"seconds":[^,]*,"samplesPerSecond":\d+/g, ''),
    csv: (await read('metrics.csv')).toString().replace(/,[^,\n]*,[^,\n]*$/gm, ''),
    last: await tensors('last.safetensors'),
    best: await tensors('best.safetensors'),
    position: { ...(await load(folder)).checkpoint.position, seconds: 0 },
  };
}

/** The fields of `done` that do not depend on time. */
function resultOf(done: object | undefined): unknown {
  const { epochs, parametersSha256, testLoss, testAccuracy, validationLoss, validationAccuracy } =
    done as Record<string, unknown>;
  return { epochs, parametersSha256, testLoss, testAccuracy, validationLoss, validationAccuracy };
}

describe('a resumed run ends with the same bits and metrics as one that was never stopped', () => {
  test('stopped in every one of its 20 steps', async () => {
    const cwd = await temporaryFolder();
    const options = await smallRun(cwd);
    const [whole, run] = [path.join(cwd, 'whole'), path.join(cwd, 'run')];
    const expected = (await trainHere({ ...options, out: whole })).at(-1);
    for (let step = 0; step < STEPS; step++) {
      const events = await trainHere(step === 0 ? { ...options, out: run } : { resume: run }, signalIn(step));
      const at = { epoch: Math.floor(step / STEPS_PER_EPOCH), step: step % STEPS_PER_EPOCH };
      if (step > 0) expect(events[0]).toMatchObject({ event: 'start', resumed: at });
      const epoch = Math.floor((step + 1) / STEPS_PER_EPOCH);
      const into = (step + 1) % STEPS_PER_EPOCH;
      const where = into > 0 ? `in epoch ${epoch + 1} after step ${into}` : `after epoch ${epoch}`;
      expect(events.at(-1)).toEqual({
        event: 'error',
        code: 'INTERRUPTED',
        exitCode: 130,
        message: `interrupted ${where}; continue with --resume ${run}`,
      });
      expect((await load(run)).checkpoint.position).toMatchObject({ epoch, step: into });
    }
    expect(resultOf((await trainHere({ resume: run })).at(-1))).toEqual(resultOf(expected));
    expect(await leftBy(run)).toEqual(await leftBy(whole));
  });

  test('with more epochs it goes further, config.json says so and repeats it; on other threads, with checkpoints within', async () => {
    const cwd = await temporaryFolder();
    const options = { ...(await smallRun(cwd)), hidden: '7,6', seed: '9' };
    const [whole, run] = [path.join(cwd, 'whole'), path.join(cwd, 'run')];
    const expected = (await trainHere({ ...options, epochs: '4', out: whole })).at(-1);
    await trainHere({ ...options, epochs: '1', checkpointEvery: '3', out: run });
    const settings = { epochs: '4', threads: '3', checkpointEvery: 'off', maxRestarts: '0' };
    const done = (await trainHere({ resume: run, ...settings })).at(-1);
    expect(resultOf(done)).toEqual(resultOf(expected));
    expect(await leftBy(run)).toEqual(await leftBy(whole));
    const again = { config: path.join(run, 'config.json'), out: path.join(cwd, 'again') };
    expect(resultOf((await trainHere(again)).at(-1))).toEqual(resultOf(expected));
    // A complete run does no step on --resume, and reports its result again.
    const over = (await trainHere({ resume: run })).at(-1);
    expect(resultOf(over)).toEqual(resultOf(expected));
    expect(over!['trainSeconds']).toBe(done!['trainSeconds']);
  });

  test('from the checkpoint before, when the last is damaged', async () => {
    const cwd = await temporaryFolder();
    const options = await smallRun(cwd);
    const [whole, run] = [path.join(cwd, 'whole'), path.join(cwd, 'run')];
    await trainHere({ ...options, out: whole });
    await trainHere({ ...options, checkpointEvery: '4', out: run });
    const last = path.join(run, 'last.safetensors');
    const bytes = await readFile(last);
    bytes[20_000]! ^= 1;
    await rm(last);
    await writeFile(last, bytes);
    const events = await trainHere({ resume: run });
    expect(events.map(({ event }) => event)).toEqual(['warning', 'start', 'epoch', 'done']);
    expect(events[0]).toMatchObject({
      code: 'CHECKPOINT_DAMAGED',
      message: expect.stringMatching(
        /; the run continues from the previous checkpoint, after epoch 1 and 8 steps$/,
      ),
    });
    expect(await leftBy(run)).toEqual(await leftBy(whole));
  });

  test('a run that stopped early says why; without early stopping it continues as if it had not stopped', async () => {
    const cwd = await temporaryFolder();
    const options = { ...(await smallRun(cwd)), lr: '2', epochs: '12' };
    const [whole, run] = [path.join(cwd, 'whole'), path.join(cwd, 'run')];
    const all = await trainHere({ ...options, out: whole });
    const losses = all
      .filter(({ event }) => event === 'epoch')
      .map((epoch) => epoch['validationLoss'] as number);
    const early = await trainHere({ ...options, earlyStop: '2', out: run });
    const done = early.at(-1)!;
    const epochs = done['epochs'] as number;
    const bestValidationLoss = Math.min(...losses.slice(0, epochs));
    expect(epochs).toBeLessThan(12);
    expect(done).toMatchObject({
      event: 'done',
      stoppedEarly: { epochsWithoutBetter: 2, bestEpoch: epochs - 2, bestValidationLoss },
    });
    expect(losses[epochs - 3]).toBe(bestValidationLoss);
    expect((await trainHere({ resume: run })).at(-1)!['stoppedEarly']).toEqual(done['stoppedEarly']);
    const further = (await trainHere({ resume: run, earlyStop: 'off' })).at(-1)!;
    expect(further).not.toHaveProperty('stoppedEarly');
    expect(await leftBy(run)).toEqual(await leftBy(whole));
  });
});

test('a run that diverges ends with exit code 4, and what it saved is finite and diverges again', async () => {
  const cwd = await temporaryFolder();
  const [run, sparse] = [path.join(cwd, 'run'), path.join(cwd, 'sparse')];
  const options = { ...(await smallRun(cwd)), lr: '1e30' };
  const diverged = {
    event: 'error',
    code: 'DIVERGED',
    exitCode: 4,
    message: expect.stringMatching(
      /^training diverged in epoch 1 (at|after) step \d: the (loss is|parameters are) not finite; lower --lr, now 1e\+30; earlier results are in \/.*$/,
    ),
  };
  // Each step is saved before the loss of the next one shows that it diverged.
  for (const given of [
    { ...options, checkpointEvery: '1', out: run },
    { resume: run },
    { ...options, out: sparse },
  ])
    expect((await trainHere(given)).slice(1)).toEqual([diverged]);
  for (const [folder, step] of [
    [run, 1],
    [sparse, 0],
  ] as const) {
    const { state, position } = (await load(folder)).checkpoint;
    expect(position).toMatchObject({ epoch: 0, step });
    for (const vector of [state.parameters, state.velocity]) expect(vector.every(Number.isFinite)).toBe(true);
  }
});

test('early stopping without a validation set is refused before training', async () => {
  const cwd = await temporaryFolder();
  const out = path.join(cwd, 'run');
  expect(await trainHere({ ...(await smallRun(cwd)), validationSplit: '0', earlyStop: '2', out })).toEqual([
    {
      event: 'error',
      code: 'OPTION_CONFLICT',
      exitCode: 2,
      message: '--early-stop needs a validation set: add --validation-split 0.1, for example',
    },
  ]);
});

test('other data is refused, and nothing changes; the same data in another folder is accepted', async () => {
  const cwd = await temporaryFolder();
  const run = path.join(cwd, 'run');
  await trainHere({ ...(await smallRun(cwd)), epochs: '1', out: run });
  const tested = readMnist('test', 0, 20);
  const others = path.join(cwd, 'others');
  await writeIdxFolder(others, { train: readMnist('train', 1, 201), test: tested });
  const before = await readFile(path.join(run, 'last.safetensors'));
  expect(await trainHere({ resume: run, data: others })).toEqual([
    {
      event: 'error',
      code: 'DATA_CHANGED',
      exitCode: 3,
      message: expect.stringMatching(
        /others: the data differs from that of the run in .*run: expected 200 × 784 \(crc32 \w{8}\) to train, 20 × 784 \(crc32 \w{8}\) to test, got 200 × 784 \(crc32 \w{8}\) to train, 20 × 784 \(crc32 \w{8}\) to test$/,
      ),
    },
  ]);
  expect((await readFile(path.join(run, 'last.safetensors'))).equals(before)).toBe(true);
  const moved = path.join(cwd, 'moved');
  await writeIdxFolder(moved, { train: readMnist('train', 0, 200), test: tested });
  const again = { resume: run, data: moved, config: path.join(run, 'config.json'), epochs: '2' };
  expect((await trainHere(again)).at(-1)).toMatchObject({ event: 'done', epochs: 2 });
});

describe('the command line', () => {
  test('stopped by SIGTERM in its 4th, 10th and 17th step, it resumes to the same bits and says where', async () => {
    const cwd = await temporaryFolder();
    const run = argumentsOf(await smallRun(cwd));
    const whole = await doneOf([...run, '--out', 'whole'], { cwd });
    let args = [...run, '--out', 'run'];
    const told: string[] = [];
    for (const step of [3, 9, 16]) {
      const { code, stdout, stderr } = await runCli(args, { cwd, faults: [signalIn(step)] });
      expect(code).toBe(130);
      told.push(...stdout.split('\n').filter((line) => line.includes('resumed')), stderr);
      args = ['--resume', 'run'];
    }
    const folder = path.join(cwd, 'run');
    const said = (where: string) =>
      `error INTERRUPTED: interrupted ${where}; continue with --resume ${folder}\n`;
    expect(told).toEqual([
      said('in epoch 1 after step 4'),
      '  resumed   in epoch 1, after step 4',
      said('after epoch 1'),
      '  resumed   after epoch 1',
      said('in epoch 2 after step 7'),
    ]);
    expect(resultOf(await doneOf(args, { cwd }))).toEqual(resultOf(whole));
    expect(await leftBy(folder)).toEqual(await leftBy(path.join(cwd, 'whole')));
  });

  test('Ctrl-C at any moment saves the step reached, and leaves with 130', async () => {
    const cwd = await temporaryFolder();
    const options = await smallRun(cwd);
    const args = [...argumentsOf({ ...options, epochs: '100000' }), '--out', 'run', '--json'];
    const { code, events, stderr } = await runCli(args, {
      cwd,
      onEvent({ event, ...fields }, kill) {
        if (event === 'epoch' && fields['epoch'] === 3) kill('SIGINT');
      },
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'INTERRUPTED' });
    const run = path.join(cwd, 'run');
    const { position } = (await load(run)).checkpoint;
    expect(position.epoch).toBeGreaterThanOrEqual(3);
    const epochs = String(position.epoch + 1);
    await trainHere({ ...options, epochs, out: path.join(cwd, 'whole') });
    await trainHere({ resume: run, epochs });
    expect(await leftBy(run)).toEqual(await leftBy(path.join(cwd, 'whole')));
  });
});
