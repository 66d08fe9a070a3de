/** Preloaded before a command: prints the peak memory of its process to standard error. */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('exit', () => process.stderr.write(`\npeak ${peakKilobytes()} kB\n`));

/** The peak of this program alone, on Linux; the operating system's count for a process includes its parent's memory. */
function peakKilobytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
