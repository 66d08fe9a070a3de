/** Imported ahead of a command: tells the most memory that its process held, as a line on standard error. */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('exit', () => process.stderr.write(`\npeak ${peakKilobytes()} kB\n`));

/** Of this program alone, where Linux tells it; what is counted for a process begins with what its parent held. */
function peakKilobytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
