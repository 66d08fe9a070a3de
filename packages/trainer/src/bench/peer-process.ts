import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Contender, failedCheck } from './contender.ts';

/** What a peer's program is told, as JSON in its only argument; see peers/numpy_peer.py for an example. */
export interface PeerTask {
  readonly layers: readonly number[];
  readonly init: string;
  /** Samples per step; all of them for full batch. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Bytes: images one after another, and a label each. */
  readonly train: PeerSet;
  readonly test: PeerSet;
}

interface PeerSet {
  readonly images: string;
  readonly labels: string;
  readonly count: number;
}

export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A peer's program as it answers: ready with these versions, or the numbers of what it was asked. */
interface Answer {
  readonly versions?: Readonly<Record<string, string>>;
  readonly ms?: number;
  readonly accuracy?: number;
}

export interface Peer extends Contender {
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Starts a peer's program and waits until it has its data. One JSON line each way: `{"command":"epoch"}` gives
 * `{"ms":…}`, timed by the program itself; `{"command":"accuracy"}` gives `{"accuracy":…}`. It ends with its input.
 *
 * @throws MicronnError when it ends early
 */
export async function openPeer(
  about: Pick<Contender, 'runner' | 'mostRounds' | 'note'>,
  { command, args, env = process.env }: PeerCommand,
  task: PeerTask,
  signal: AbortSignal,
): Promise<Peer> {
  const child = spawn(command, [...args, JSON.stringify(task)], {
    env,
    signal,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      reject(failedCheck(`${about.runner} to run`, `exit code ${code}: ${errors.trim().slice(-2000)}`)),
    );
  });
  // Its end is of interest only while an answer is waited for.
  ended.catch(() => undefined);
  // A program that is gone is told of by `ended`.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    // Its output is over, so its end is near.
    if (done) return await ended;
    return JSON.parse(value) as Answer;
  };
  const ask = async (question: 'epoch' | 'accuracy'): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify({ command: question })}\n`);
    return await answer();
  };
  const { versions = {} } = await answer();
  return {
    ...about,
    threads: null,
    versions,
    epoch: async () => (await ask('epoch')).ms!,
    accuracy: async () => (await ask('accuracy')).accuracy!,
    async close() {
      child.stdin.end();
      await ended.catch(() => undefined);
    },
  };
}
