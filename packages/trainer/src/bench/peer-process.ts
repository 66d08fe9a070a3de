import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Contender, failedCheck } from './contender.ts';

/** The task of a peer's program, the JSON in its only argument; see peers/numpy_peer.py for an example. */
export interface PeerTask {
  readonly layers: readonly number[];
  readonly init: string;
  /** Samples per step; for full batch, the number of samples. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Paths of two files of bytes: all images, and one label per image. */
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

/** An answer of a peer's program: its versions when it is ready, or the requested number. */
interface Answer {
  readonly versions?: Readonly<Record<string, string>>;
  readonly ms?: number;
  readonly accuracy?: number;
}

export interface Peer extends Contender {
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Starts a peer's program and waits until it has loaded its data. Requests and answers are JSON lines:
 * `{"command":"epoch"}` returns `{"ms":…}`, timed by the program itself; `{"command":"accuracy"}` returns
 * `{"accuracy":…}`. The program ends when its input ends.
 *
 * @throws MicronnError when the program ends early
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
  // The end of the program only matters while an answer is pending.
  ended.catch(() => undefined);
  // `ended` reports a program that has ended.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    // The output has ended, so the program is about to end.
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
