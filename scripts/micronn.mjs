// Runs `npm start`, `npm test` and the other root scripts. Needs only Node 20 or later and npm: installs what the
// command needs with the pinned pnpm, then runs the command on the pinned Node.
import path from 'node:path';
import { become } from './become.mjs';
import { isInstalled } from './installed.mjs';
import { pinnedNode } from './pinned-node.mjs';
import { npxOptions, npxPnpm, readJson, trainer } from './workspace.mjs';

/** Makes sure that the packages of `scope` are installed. */
async function ensureInstalled(scope) {
  if (isInstalled(scope)) return;
  const { installMissing } = await import('./install.mjs');
  await installMissing(scope);
}

/** Node's arguments in the trainer's start script, with the absolute path of its program. */
function trainerStart() {
  const [, ...args] = readJson(path.join(trainer, 'package.json')).scripts.start.split(' ');
  const program = args.pop();
  return [...args, path.join(trainer, program)];
}

/** Runs tasks of turbo.json; turbo takes the results of unchanged tasks from its cache. */
async function runTasks(tasks, args) {
  await ensureInstalled('everything');
  become('npx', [...npxPnpm, 'exec', 'turbo', 'run', ...tasks, '--continue', ...args], {
    ...npxOptions,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
}

const [command, ...args] = process.argv.slice(2);
switch (command) {
  case 'start':
    await ensureInstalled('trainer');
    become(pinnedNode(), [...trainerStart(), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    break;
  case 'install':
    await ensureInstalled('everything');
    break;
  case 'test':
    await runTasks(['test', 'test:root'], args);
    break;
  case 'long':
    await runTasks(['long'], args);
    break;
  case 'check':
    await runTasks(['typecheck', 'lint', 'unused', 'build'], args);
    break;
  case 'build':
    await runTasks(['build'], args);
    break;
  default:
    process.stderr.write(
      `micronn.mjs: expected start, install, test, check, build or long, got ${command ?? 'nothing'}\n`,
    );
    process.exitCode = 2;
}
