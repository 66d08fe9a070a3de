import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** An environment in which the command says on standard error how much memory it took at most. */
export async function memoryReporting(folder: string): Promise<Record<string, string>> {
  const script = path.join(folder, 'report-memory.mjs');
  await writeFile(
    script,
    `import { isMainThread } from 'node:worker_threads';
     if (isMainThread) process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + ' kB'));`,
  );
  return { NODE_OPTIONS: `--import ${pathToFileURL(script).href}` };
}

export function peakMegabytes(stderr: string): number {
  return Number(/^peak (\d+) kB$/m.exec(stderr)?.[1]) / 1000;
}
