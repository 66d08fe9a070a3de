import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';

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
          message: `${path.join(cwd, 'none.safetensors')}: model not found: expected a .safetensors, .onnx or .json file, or a run folder`,
        },
      ],
    });
    const csv = path.join(cwd, 'run', 'metrics.csv');
    expect(await runCli(['evaluate', csv, '--json'], { cwd })).toMatchObject({
      code: 6,
      events: [
        {
          code: 'MODEL_KIND',
          message: `${csv}: unknown model format: expected a file of safetensors, ONNX or JSON, or a run folder`,
        },
      ],
    });
  });
});
