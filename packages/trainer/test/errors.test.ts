import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';

test('a stack trace is for DEBUG=micronn alone', async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, 'model.json'), '{');
  const file = path.join(cwd, 'model.json');
  const line = `error MODEL_DAMAGED: ${file}: expected a model in JSON, got something else\n`;
  expect(await runCli(['evaluate', 'model.json'], { cwd })).toMatchObject({
    code: 6,
    stdout: '',
    stderr: line,
  });
  const { code, stdout, stderr } = await runCli(['evaluate', 'model.json'], {
    cwd,
    env: { DEBUG: 'micronn' },
  });
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  expect(stderr).toMatch(/^MicronnError: .*\n( {4}at .*\n)* {4}at loadModel /m);
  // The chain of causes, down to the first.
  expect(stderr).toMatch(/\[cause\]: ModelJsonError: .*\n {4}/);
  expect(stderr).toMatch(/\[cause\]: SyntaxError: /);
  expect(stderr.endsWith(line)).toBe(true);
});

test('an uncaught error ends the command with one sentence too', async () => {
  const cwd = await temporaryFolder();
  const throwing = path.join(cwd, 'throwing.mjs');
  await writeFile(
    throwing,
    `import { isMainThread } from 'node:worker_threads';
     if (isMainThread && process.argv[1]?.endsWith('main.ts')) setTimeout(() => { throw new Error('out of the blue'); }, 1);`,
  );
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(throwing).href}` };
  const args = ['--epochs', '100000', '--out', 'run'];
  expect(await runCli(args, { cwd, env })).toMatchObject({
    code: 1,
    stderr:
      'error UNEXPECTED: internal error: Error: out of the blue; please report it with the output of DEBUG=micronn\n',
  });
});

test('a network that fits into no memory is refused as too large', async () => {
  const cwd = await temporaryFolder();
  // More bytes than the address space of a process.
  const hidden = Array(5000).fill(65_536).join(',');
  expect(await runCli(['--hidden', hidden, '--out', 'run'], { cwd })).toMatchObject({
    code: 2,
    stderr:
      'error OPTION_VALUE: --hidden gives a network of 21,470,921,228,298 parameters, which does not fit into memory: choose smaller layers\n',
  });
});
