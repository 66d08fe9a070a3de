import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { MicronnError } from '../errors.ts';
import { packageFolder } from './package-folder.ts';

/** The packages that `--install-peers` installs; the project does not depend on them. */
const packages = ['@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0', 'brain.js@1.6.1'];

/** The default folder of the npm peers. */
export function defaultPeersFolder(): string {
  return path.join(packageFolder, 'node_modules', '.cache', 'peers');
}

/**
 * Installs the npm peers, without their install scripts, which the measured parts do not need.
 *
 * @throws MicronnError when npm fails
 */
export async function installPeers(folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  const npm = spawn('npm', args, { signal, stdio: ['ignore', 'inherit', 'inherit'] });
  const got = await once(npm, 'close').then(
    ([code]: (number | null)[]) => `exit code ${code}`,
    (error: unknown) => (error as Error).message,
  );
  if (got === 'exit code 0') return;
  throw new MicronnError('PEERS_INSTALL', `npm could not install the peers: ${got}`, { file: folder });
}

/** Whether a package is in the peers' folder. */
export function hasPackage(folder: string, name: string): boolean {
  const { resolve } = createRequire(path.join(folder, 'package.json'));
  try {
    resolve(name);
    return true;
  } catch {
    // The peer is listed as not installed.
    return false;
  }
}

/** The interpreters to try: a module of the system may be installed for one and not the other. */
const pythons = ['python3', '/usr/bin/python3'];

/** The first Python that can import the modules: the interpreter itself, not a script that chooses one. */
export async function findPython(
  modules: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const python of pythons) {
    const program = `import ${['sys', ...modules].join()}; print(sys.executable)`;
    const child = spawn(python, ['-c', program], { signal, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const found = await new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('close', (code) => resolve(code === 0));
    });
    if (found) return output.trim();
  }
  return undefined;
}
