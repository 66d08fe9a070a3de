import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const module = JSON.stringify(new URL('become.mjs', import.meta.url));

/** Node's arguments for a program that becomes another one. */
function becoming(command, args, options = {}) {
  const call = `become(${[command, args, options].map((value) => JSON.stringify(value)).join()})`;
  return ['--input-type=module', '--eval', `import { become } from ${module}; ${call};`];
}

/** Starts Node on a program, through become. */
function startThrough(program, options) {
  const { npm_lifecycle_event: _, ...env } = process.env;
  return spawn(process.execPath, becoming(process.execPath, ['--eval', program], options), { env });
}

/** A program that ends when it gets the signal. */
function waitingFor(signal) {
  return `
    process.on('${signal}', (name) => { console.log('got', name); process.exit(130); });
    console.log('ready');
    setInterval(() => undefined, 1000);
  `;
}

async function endOf(child) {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

test('the exit code and the output come through', async () => {
  const child = startThrough("console.log('out'); console.error('err'); process.exit(6);");
  expect(await endOf(child)).toEqual({ code: 6, stdout: 'out\n', stderr: 'err\n' });
});

test('a command that cannot be started is named', async () => {
  const { code, stderr } = await endOf(spawn(process.execPath, becoming('no-such-command', [])));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^MicroNN: could not start no-such-command: .*\n$/);
});

test.skipIf(process.platform === 'win32').each([
  ['SIGKILL', 137, /^MicroNN: the command was killed \(SIGKILL\), most likely by the system .*\n$/],
  ['SIGTERM', 143, /^$/],
])('a command killed by %s has exit code %i', async (signal, expected, sentence) => {
  const { code, stderr } = await endOf(startThrough(`process.kill(process.pid, '${signal}');`));
  expect(code).toBe(expected);
  expect(stderr).toMatch(sentence);
});

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s is passed on',
  async (signal) => {
    const child = startThrough(waitingFor(signal));
    child.stdout.once('data', () => child.kill(signal));
    expect(await endOf(child)).toEqual({ code: 130, stdout: `ready\ngot ${signal}\n`, stderr: '' });
  },
);

test.skipIf(process.platform === 'win32')(
  'a command of a script gets SIGTERM when its parent is gone',
  async () => {
    const wrapper = [process.execPath, ...becoming(process.execPath, ['--eval', waitingFor('SIGTERM')])];
    const shell = spawn('sh', ['-c', '"$@" & wait', 'sh', ...wrapper], {
      env: { ...process.env, npm_lifecycle_event: 'start' },
    });
    shell.stdout.once('data', () => shell.kill('SIGKILL'));
    expect((await endOf(shell)).stdout).toBe('ready\ngot SIGTERM\n');
  },
);

test.skipIf(process.platform === 'win32')(
  'a command with a channel gets a message, even while it starts',
  async () => {
    const program = `
      console.log('ready');
      // Meanwhile, nothing else is handled.
      for (const begin = Date.now(); Date.now() - begin < 200; );
      process.on('message', (message) => { console.log(message); process.exit(130); });
    `;
    const child = startThrough(program, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await endOf(child)).toEqual({ code: 130, stdout: 'ready\ninterrupt\n', stderr: '' });
  },
);
