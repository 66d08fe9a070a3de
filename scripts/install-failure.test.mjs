import { expect, test } from 'vitest';
import { installFailure } from './install-failure.mjs';

/** A folder that exists. */
const folder = import.meta.dirname;
const offline =
  'could not reach the npm registry: check the network connection or the proxy, and run the command again';
const notWritable = `cannot write to ${folder} (permission denied): make it writable for this user, and run the command again`;
const readOnly = `cannot write to ${folder} (read-only file system): make it writable, and run the command again`;
const full = 'the disk is full: free some space, and run the command again';

/** What npm 11 and pnpm 12 print, shortened. */
const failures = {
  'npm, no name server': ['npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\n', offline],
  'npm, closed port': ['npm error code ECONNREFUSED\nnpm error syscall connect\n', offline],
  'npm, time-out': ['npm error code ETIMEDOUT\n', offline],
  'pnpm, no name server': [
    'Error: ERR_PNPM_TARBALL_FETCH_TARBALL\n\n  × installing dependencies\n  ├─▶ Failed to fetch https://registry.npmjs.org/zod/-/zod-\n  │   4.6.7.tgz: error sending request: client error (Connect): dns error:\n  │   error resolving DNS\n',
    offline,
  ],
  'pnpm, closed port': [
    '  ├─▶ Failed to fetch http://127.0.0.1:9/zod/-/zod-4.6.7.tgz: error sending request: client error\n  │   (Connect): tcp connect error\n',
    offline,
  ],
  'npm, cache of another user': [
    `npm error code EACCES\nnpm error syscall mkdir\nnpm error path ${folder}/none/.npm\nnpm error errno EACCES\n`,
    notWritable,
  ],
  'pnpm, checkout of another user': [
    `  ╰─▶ Failed to create virtual store slot directory at "${folder}/node_\n      modules/.pnpm/zod@4.6.7": Permission denied (os error 13)\n`,
    notWritable,
  ],
  'pnpm, no path': ['  ╰─▶ Permission denied (os error 13)\n', notWritable],
  'pnpm, read-only checkout': [
    `  ╰─▶ Failed to write "${folder}/node_modules/.modules.yaml": Read-only file\n      system (os error 30)\n`,
    readOnly,
  ],
  'pnpm, installed by another user': [
    'Error: ERR_PNPM_UNEXPECTED_STORE\n\n  × Unexpected store location\n',
    'node_modules was installed by another user or for another pnpm store: run the command as that user, or delete node_modules and run the command again',
  ],
  'npm, full disk': ['npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write\n', full],
  'pnpm, full disk': ['  ╰─▶ Failed to write: No space left on\n      device (os error 28)\n', full],
  'pnpm, wrong checksum': [
    'Error: ERR_PNPM_TARBALL_INTEGRITY\n',
    'a downloaded package does not have the checksum in pnpm-lock.yaml: check the registry or the proxy, and run the command again',
  ],
  'pnpm, old lock file': [
    'Error: ERR_PNPM_OUTDATED_LOCKFILE\n',
    'pnpm-lock.yaml does not fit package.json and pnpm-workspace.yaml: restore all three from the same commit',
  ],
  'anything else': ['npm error code E404\nnpm error 404 Not Found\n', undefined],
};

test.each(Object.entries(failures))('%s', (_, [output, sentence]) => {
  expect(installFailure(output, folder)).toBe(sentence);
});

test('a cause on this machine comes before the network', () => {
  const both = 'Will retry in 1s: ECONNRESET\nnpm error code ENOSPC\n';
  expect(installFailure(both, folder)).toBe(full);
});
