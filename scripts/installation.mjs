// What an installation finds in node_modules, and what it leaves there.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  covers,
  hasNode,
  lockFiles,
  lockFileTimes,
  stampFile,
  storeFolders,
  workspaceFolders,
} from './installed.mjs';
import { nodePackages, platform } from './pinned-node.mjs';
import { modules, readJson, root } from './workspace.mjs';

/** What was installed from lock files with these contents, whatever their times: `scope`, everything, or nothing. */
export function installedScope(scope) {
  try {
    if (isEverythingInstalled()) return 'everything';
    const stamp = readJson(stampFile);
    return stamp.lockHash === lockHash() && covers(stamp, scope) ? stamp.scope : undefined;
  } catch {
    // Missing, damaged or unreadable: pnpm looks at the installation itself, and the stamp is written again.
    return undefined;
  }
}

/** After `pnpm install`, by us or by hand: pnpm copies the lock file that it installed, if it installed all of it. */
function isEverythingInstalled() {
  const installed = path.join(modules, '.pnpm', 'lock.yaml');
  if (!existsSync(installed)) return false;
  if (!readFileSync(installed).equals(readFileSync(path.join(root, 'pnpm-lock.yaml')))) return false;
  return !existsSync(stampFile) || covers({ ...readJson(stampFile), scope: 'everything' }, 'everything');
}

function lockHash() {
  const hash = createHash('sha256');
  for (const file of lockFiles) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** Returns the error if the stamp cannot be written: the next command then asks pnpm again, which is only slower. */
export function writeStamp(scope) {
  const stamp = {
    scope,
    platform,
    lockFileTimes: lockFileTimes(),
    lockHash: lockHash(),
    store: storeFolders(),
  };
  try {
    writeFileSync(stampFile, JSON.stringify(stamp));
    if (scope === 'trainer') letPnpmInstallTools();
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Before pnpm runs a script, it installs what the script's package lacks, with the options of the last installation: after
 * --prod, without the development tools that the script needs.
 */
function letPnpmInstallTools() {
  const stateFile = path.join(modules, '.pnpm-workspace-state-v1.json');
  if (!existsSync(stateFile)) return;
  const state = readJson(stateFile);
  state.settings.dev = true;
  writeFileSync(stateFile, JSON.stringify(state));
}

/** Whether a development tool of any package is installed, by `npm test` or by hand. An installation must keep it. */
export function hasDevelopmentTools() {
  return workspaceFolders().some((folder) => {
    const { devDependencies } = readJson(path.join(folder, 'package.json'));
    return Object.keys(devDependencies ?? {}).some((name) =>
      existsSync(path.join(folder, 'node_modules', name)),
    );
  });
}

/** Removes a Node that is cut off: pnpm installs a package that is missing, and does not look at its files. */
export function removeDamagedNode() {
  const folder = path.join(modules, nodePackages[platform] ?? platform);
  if (hasNode() || !existsSync(folder)) return;
  const slot = path.resolve(realpathSync(folder), '..', '..');
  const isInStore = path.basename(path.dirname(slot)) === '.pnpm';
  rmSync(isInStore ? slot : folder, { recursive: true, force: true });
}
