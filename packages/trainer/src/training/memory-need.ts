import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import path from 'node:path';

/** The bytes of a run: what the network needs even without data, and what the data adds. */
export interface MemoryNeed {
  readonly network: number;
  readonly data: number;
}

/** A bound for the memory of a run. */
export interface MemoryLimit {
  readonly bytes: number;
  /** What has so many bytes, as the subject of a sentence. */
  readonly owner: string;
}

/** A run that cannot fit. The command makes a sentence of it, because it knows the options and the files. */
export class MemoryShortage extends Error {
  override readonly name = 'MemoryShortage';
  readonly need: MemoryNeed;
  readonly limit: MemoryLimit;

  constructor(need: MemoryNeed, limit: MemoryLimit) {
    super(`${need.network + need.data} bytes needed, ${limit.bytes} available`);
    this.need = need;
    this.limit = limit;
  }
}

/** @throws MemoryShortage when the need exceeds the limit */
export function assertWithin(need: MemoryNeed, limit: MemoryLimit): void {
  if (need.network + need.data > limit.bytes) throw new MemoryShortage(need, limit);
}

/**
 * The memory that this process can have: that of the machine, or less if its container has less, and the swap space. A
 * process that needs more is certain to be killed. Only Linux has a fixed swap space; on other systems there is no limit.
 *
 * @param root the folder of /proc
 */
export function machineLimit(root: string = '/'): MemoryLimit {
  const total = totalmem();
  const container = process.constrainedMemory();
  const isConstrained = container > 0 && container < total;
  return {
    bytes: (isConstrained ? container : total) + swapBytes(root),
    owner: isConstrained ? 'this container' : 'this machine',
  };
}

function swapBytes(root: string): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const [, kilobytes] =
    /^SwapTotal:\s+(\d+) kB$/m.exec(readFileSync(path.join(root, 'proc/meminfo'), 'utf8')) ?? [];
  return kilobytes === undefined ? Number.POSITIVE_INFINITY : 1024 * Number(kilobytes);
}
