import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringifyModel } from '@micronn/core/json';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';
import { argumentsOf, smallRun } from './small-run.ts';

/** Writes a model with finite parameters whose outputs exceed float32's range, and data to evaluate it on. */
async function overflowing(cwd: string): Promise<{ model: string; data: string }> {
  const model = path.join(cwd, 'model.json');
  const parameters = new Float64Array(7960).fill(1e38);
  await writeFile(model, stringifyModel({ network: { layers: [784, 10, 10], parameters }, metadata: {} }));
  const { data } = await smallRun(cwd);
  return { model, data: data! };
}

describe('a model whose outputs are not finite', () => {
  test.each([[[]], [['--json']]])('evaluate %j: exit code 6', async (json) => {
    const cwd = await temporaryFolder();
    const { model, data } = await overflowing(cwd);
    const sentence = `${model}: the outputs of the model are not finite numbers for 20 of 20 samples: its parameters are too large`;
    const { code, stdout, stderr, events } = await runCli(['evaluate', model, '--data', data, ...json], {
      cwd,
    });
    expect(code).toBe(6);
    if (json.length > 0) {
      expect(events).toEqual([{ event: 'error', code: 'MODEL_OVERFLOW', message: sentence, file: model }]);
    } else {
      expect({ stdout, stderr }).toEqual({ stdout: '', stderr: `error MODEL_OVERFLOW: ${sentence}\n` });
    }
  });

  test('a run of 0 epochs keeps the model, and ends with exit code 4', async () => {
    const cwd = await temporaryFolder();
    const hidden = Array(100).fill(200).join(',');
    const args = argumentsOf({ ...(await smallRun(cwd)), hidden, epochs: '0', out: 'run' });
    const { code, events } = await runCli([...args, '--json'], { cwd });
    expect(code).toBe(4);
    expect(events.at(-1)).toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(
        /^the outputs of the network 784-200-.*-10 are not finite: choose fewer or smaller layers, or --init he; the model is in .*run$/,
      ),
    });
    expect(await readdir(path.join(cwd, 'run'))).toContain('model.onnx');
  });
});
