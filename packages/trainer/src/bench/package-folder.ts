import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly name?: string;
  readonly bin: { readonly micronn: string };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder of the trainer's package, which is above this module, or above the bundle that contains it. */
export const packageFolder: string = (() => {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  // A bundle has a package.json too, without a name.
  while (!existsSync(path.join(folder, 'package.json')) || readManifest(folder).name !== '@micronn/trainer')
    folder = path.dirname(folder);
  return folder;
})();

/** The absolute path of a program of bench, such as `peers/tfjs-peer.ts`, which the published package has as JavaScript. */
export function benchFile(name: string): string {
  const file = path.join(packageFolder, 'src', 'bench', name);
  return existsSync(file) ? file : file.replace(/\.ts$/, '.mjs');
}

/** The installed command: the program behind `bin` in the package's package.json. */
export function installedBin(): string {
  return path.join(packageFolder, readManifest(packageFolder).bin.micronn);
}

/** The clone of the repository in which bench runs; undefined if the package was installed from a registry. */
export function cloneFolder(): string | undefined {
  const root = path.join(packageFolder, '..', '..');
  return existsSync(path.join(root, 'scripts', 'micronn.mjs')) ? root : undefined;
}
