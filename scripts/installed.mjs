// What is installed: a stamp file describes the last installation, and a look into node_modules shows whether its
// packages are still there. Every command begins with this, so it reads no large file and loads no other module of Node.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode, platform } from './pinned-node.mjs';
import { modules, packages, readJson, root, trainer } from './workspace.mjs';

export const stampFile = path.join(modules, '.micronn-installed.json');

/** The files that decide which versions are installed. */
export const lockFiles = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];

/** Less than any Node: an installation that a full disk or a crash has cut off. */
const leastNodeBytes = 1_000_000;

/** Whether the packages of `scope` were installed from the current lock file, and none has disappeared since. */
export function isInstalled(scope) {
  try {
    const stamp = readJson(stampFile);
    return (
      stamp.lockFileTimes === lockFileTimes() &&
      covers(stamp, scope) &&
      missingDependency(scope) === undefined
    );
  } catch {
    // Missing, damaged or unreadable: the installation looks closer.
    return false;
  }
}

/** Whether the stamp is of this platform (node_modules may be copied) and of `scope`, and its packages are there. */
export function covers(stamp, scope) {
  const isOfScope = stamp.scope === scope || stamp.scope === 'everything';
  if (stamp.platform !== platform || !isOfScope) return false;
  const present = new Set(storeFolders());
  return stamp.store.every((name) => present.has(name));
}

/** Changes with the contents of the lock files, and costs less than reading them. */
export function lockFileTimes() {
  const stats = lockFiles.map((file) => statSync(path.join(root, file)));
  return stats.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join(', ');
}

/** The folders of pnpm's virtual store, one for each package: the links of all packages lead there. */
export function storeFolders() {
  return readdirSync(path.join(modules, '.pnpm'));
}

/** Whether Node is there and not cut off. */
export function hasNode() {
  const found = statSync(pinnedNode(), { throwIfNoEntry: false });
  return found !== undefined && found.size >= leastNodeBytes;
}

/** The root and the packages of the workspace. */
export function workspaceFolders() {
  const folders = [root, ...readdirSync(packages).map((name) => path.join(packages, name))];
  return folders.filter((folder) => existsSync(path.join(folder, 'package.json')));
}

/** The first package that `scope` needs and that is not in node_modules, or whose link is broken. */
export function missingDependency(scope) {
  if (!hasNode()) return 'Node';
  const kinds = scope === 'trainer' ? ['dependencies'] : ['dependencies', 'devDependencies'];
  for (const folder of scope === 'trainer' ? [trainer] : workspaceFolders()) {
    const content = readJson(path.join(folder, 'package.json'));
    const names = kinds.flatMap((kind) => Object.keys(content[kind] ?? {}));
    const isMissing = (name) => !existsSync(path.join(folder, 'node_modules', name, 'package.json'));
    const missing = names.find(isMissing);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
