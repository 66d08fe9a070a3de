import { spawnSync } from 'node:child_process';

/** Whether this system lets a process have namespaces of its own. */
export const hasNamespaces =
  process.platform === 'linux' && spawnSync('unshare', ['-rmpu', '--fork', 'true']).status === 0;

/**
 * A launcher for `runCli`: the command runs in namespaces of its own, and is killed if the launcher is.
 *
 * @param flags of `unshare`
 * @param setup shell commands that come first; `$INIT_CWD` is the folder in which the command is typed
 */
export function inNamespace(flags: string, setup: string): string[] {
  return ['unshare', flags, '--fork', '--kill-child', 'sh', '-c', `${setup} || exit 99; exec "$@"`, 'sh'];
}

/** A launcher on a machine with another host name, another boot and processes of its own. */
export function onHost(host: string, boot: string): string[] {
  return inNamespace(
    '-rmpu',
    `mount -t proc proc /proc && hostname ${host} && echo ${boot} > "$INIT_CWD/${boot}" && mount --bind "$INIT_CWD/${boot}" /proc/sys/kernel/random/boot_id`,
  );
}
