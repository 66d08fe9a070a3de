// What is installed: a stamp file names the lock file and the packages of the last installation, and a look into
// node_modules shows whether they are still there. Both are cheap, because every command begins with them.
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { nodePackages, pinnedNode, platform } from './pinned-node.mjs';
import { manifest, modules, packages, readJson, root, trainer } from './workspace.mjs';

const stampFile = path.join(modules, '.micronn-installed.json');

/** Identifies the versions to install, and the platform: node_modules may be copied from another machine. */
function lockHash() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.update(platform).digest('hex');
}

/** The folders of pnpm's virtual store, one for each package: the links of all packages lead there. */
function storeFolders() {
  return readdirSync(path.join(modules, '.pnpm'));
}

/** Whether `scope` was installed from the current lock file, and no package has disappeared since. */
export function isCurrent(scope) {
  try {
    return isStamped(scope) || isInstalledByHand();
  } catch {
    // Missing, damaged or unreadable: pnpm looks at the installation itself, and the stamp is written again.
    return false;
  }
}

function isStamped(scope) {
  if (!existsSync(stampFile)) return false;
  const stamp = readJson(stampFile);
  const present = new Set(storeFolders());
  const fits = stamp.hash === lockHash() && (stamp.scope === scope || stamp.scope === 'everything');
  return fits && stamp.store.every((name) => present.has(name));
}

/** `pnpm install` without our stamp: pnpm copies the lock file that it installed, if it installed all of it. */
function isInstalledByHand() {
  const installed = readFileSync(path.join(modules, '.pnpm', 'lock.yaml'));
  return !existsSync(stampFile) && installed.equals(readFileSync(path.join(root, 'pnpm-lock.yaml')));
}

/** Returns the error if the stamp cannot be written: the next command then asks pnpm again, which is only slower. */
export function writeStamp(scope) {
  try {
    writeFileSync(stampFile, JSON.stringify({ hash: lockHash(), scope, store: storeFolders() }));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Whether a development tool is installed, by `npm test` or by hand. An installation must not remove it. */
export function hasDevelopmentTools() {
  return Object.keys(manifest.devDependencies).some((name) => existsSync(path.join(modules, name)));
}

/** Less than any Node: an installation that a full disk or a crash has cut off. */
const leastNodeBytes = 1_000_000;

/** Removes a Node that is cut off: pnpm installs a package that is missing, and does not look at its files. */
export function removeDamagedNode() {
  const found = statSync(pinnedNode(), { throwIfNoEntry: false });
  const folder = path.join(modules, nodePackages[platform] ?? platform);
  if ((found && found.size >= leastNodeBytes) || !existsSync(folder)) return;
  const slot = path.resolve(realpathSync(folder), '..', '..');
  const isInStore = path.basename(path.dirname(slot)) === '.pnpm';
  rmSync(isInStore ? slot : folder, { recursive: true, force: true });
}

/** The first package that `scope` needs and that is not in node_modules, or whose link is broken. */
export function missingDependency(scope) {
  if (!existsSync(pinnedNode())) return 'Node';
  const kinds = scope === 'trainer' ? ['dependencies'] : ['dependencies', 'devDependencies'];
  const everywhere = () => [root, ...readdirSync(packages).map((name) => path.join(packages, name))];
  for (const folder of scope === 'trainer' ? [trainer] : everywhere()) {
    if (!existsSync(path.join(folder, 'package.json'))) continue;
    const content = readJson(path.join(folder, 'package.json'));
    const names = kinds.flatMap((kind) => Object.keys(content[kind] ?? {}));
    const isMissing = (name) => !existsSync(path.join(folder, 'node_modules', name, 'package.json'));
    const missing = names.find(isMissing);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
