import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the trainer's package: the nearest one above this module, or above the bundle that contains it. */
export const packageFolder: string = (() => {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
})();

/** The absolute path of a file of bench, such as `peers/numpy_script.py`. */
export function benchFile(name: string): string {
  return path.join(packageFolder, 'src', 'bench', name);
}

/** The installed command: the program behind `bin` in the package's package.json. */
export function installedBin(): string {
  const { bin } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    bin: { micronn: string };
  };
  return path.join(packageFolder, bin.micronn);
}

/** The clone of the repository in which bench runs; undefined if the package was installed from a registry. */
export function cloneFolder(): string | undefined {
  const root = path.join(packageFolder, '..', '..');
  return existsSync(path.join(root, 'scripts', 'micronn.mjs')) ? root : undefined;
}
