// Why an installation failed: npm and pnpm exit with 1 for every cause, so what they print tells it.
import { existsSync } from 'node:fs';
import path from 'node:path';

const again = 'and run the command again';

/** The first pattern that matches decides; a cause on this machine comes before the network. */
const causes = [
  [
    /\b(EACCES|EPERM)\b|permission denied|access is denied/i,
    (output, root) =>
      `cannot write to ${blockedFolder(output, root)} (permission denied): make it writable for this user, ${again}`,
  ],
  [
    /\bEROFS\b|read-only file system/i,
    (output, root) =>
      `cannot write to ${blockedFolder(output, root)} (read-only file system): make it writable, ${again}`,
  ],
  [
    /\bENOSPC\b|no space left on device|not enough space on the disk/i,
    () => `the disk is full: free some space, ${again}`,
  ],
  [
    /\bEINTEGRITY\b|ERR_PNPM_\w*(INTEGRITY|CHECKSUM)|integrity check(sum)? failed/i,
    () =>
      `a downloaded package does not have the checksum in pnpm-lock.yaml: check the registry or the proxy, ${again}`,
  ],
  [
    /ERR_PNPM_UNEXPECTED_STORE/,
    () =>
      `node_modules was installed by another user or for another pnpm store: run the command as that user, or delete node_modules ${again}`,
  ],
  [
    /ERR_PNPM_\w*LOCKFILE/,
    () =>
      `pnpm-lock.yaml does not fit package.json and pnpm-workspace.yaml: restore all three from the same commit`,
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b|ERR_PNPM_META_FETCH_FAIL|dns error|client error \(connect\)|operation timed out/i,
    () => `could not reach the npm registry: check the network connection or the proxy, ${again}`,
  ],
];

/** A sentence for the output of an installer that failed, or undefined if the output names no known cause. */
export function installFailure(output, root) {
  // pnpm wraps its lines: between words and inside paths.
  const words = output.replace(/\s*\n[ │]*/g, ' ');
  for (const [pattern, sentence] of causes) if (pattern.test(words)) return sentence(output, root);
  return undefined;
}

/** The nearest existing folder of the path that the installer could not write; `root` if it names no path. */
function blockedFolder(output, root) {
  const unwrapped = output.replace(/\n[ │]+/g, '');
  const [, quoted] = /"([^"\n]+)": ?(?:permission|access|read-only)/i.exec(unwrapped) ?? [];
  const [, named] = /^npm error path (.+)$/m.exec(output) ?? [];
  let folder = path.resolve(quoted ?? named ?? root);
  while (!existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return folder;
}
