/** Shared by the JavaScript peers: the task, and the JSON lines of requests and answers. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PeerTask } from '../peer-process.ts';

/** The folder of the packages, the variant of the program, and the task. */
export function readTask(): { readonly folder: string; readonly kind: string; readonly task: PeerTask } {
  const [folder, kind, task] = process.argv.slice(2);
  return { folder: folder!, kind: kind!, task: JSON.parse(task!) as PeerTask };
}

export function readSet({ images, labels }: PeerTask['train']): { images: Uint8Array; labels: Uint8Array } {
  return { images: readFileSync(images), labels: readFileSync(labels) };
}

/** Answers requests until the input ends. */
export async function answer(
  versions: Readonly<Record<string, string>>,
  /** Returns milliseconds. */
  epoch: () => number,
  accuracy: () => number,
): Promise<void> {
  const tell = (fields: object): void => {
    process.stdout.write(`${JSON.stringify(fields)}\n`);
  };
  tell({ versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const { command } = JSON.parse(line) as { command: 'epoch' | 'accuracy' };
    tell(command === 'epoch' ? { ms: epoch() } : { accuracy: accuracy() });
  }
}
