import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';
import { readInput } from './read-input.ts';

async function written(content: Uint8Array | string): Promise<string> {
  const file = path.join(await temporaryFolder(), 'file');
  await writeFile(file, content);
  return file;
}

async function pipe(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [file]);
  return file;
}

const most = { mostBytes: 5_000_000 };
const large = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, i) => i).buffer);

describe('a regular file', () => {
  test.each([
    ['without a byte', Buffer.alloc(0)],
    ['with one', Buffer.of(7)],
    ['with millions', large],
  ])('%s', async (_, bytes) => {
    expect((await readInput(await written(bytes), most)).equals(bytes)).toBe(true);
  });

  test('may have the largest size, and no byte more', async () => {
    const file = await written('12345');
    expect((await readInput(file, { mostBytes: 5 })).toString()).toBe('12345');
    await expect(readInput(file, { mostBytes: 4 })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: `${file}: expected at most 4 bytes, got more`,
    });
  });

  test('is checked at its start before the rest is read', async () => {
    const starts: number[] = [];
    const checkStart = (start: Buffer) => void starts.push(start.length);
    await readInput(await written(large), { ...most, checkStart });
    await readInput(await written('short'), { ...most, checkStart });
    expect(starts).toEqual([2 ** 20, 5]);
    const refuse = () => {
      throw new Error('refused');
    };
    // The check comes before the limit.
    const refused = readInput(await written(large), { mostBytes: 10, checkStart: refuse });
    await expect(refused).rejects.toMatchObject({ message: 'refused' });
  });

  test('that is missing, or a folder', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'folder'));
    await expect(readInput(path.join(folder, 'none'), most)).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      sentence: 'file not found',
    });
    await expect(readInput(path.join(folder, 'folder'), most)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      sentence: 'expected a file, but this is a folder',
    });
  });
});

// Windows has no pipes among its files; on macOS a pipe that has had no writer yet is at its end.
describe.skipIf(process.platform !== 'linux')('a pipe', () => {
  test('is read to its end, though its writer comes late and writes in parts', async () => {
    const file = await pipe();
    const reading = readInput(file, most);
    // Opens as soon as there is a reader.
    const writer = await open(file, 'w');
    await writer.write(large.subarray(0, 10));
    await writer.writeFile(large.subarray(10));
    await writer.close();
    expect((await reading).equals(large)).toBe(true);
  });

  test.each([
    ['without a writer', false],
    ['with a silent writer', true],
  ])('%s ends with an interruption', async (_, opened) => {
    const file = await pipe();
    const interruption = new AbortController();
    const reading = readInput(file, { ...most, signal: interruption.signal });
    const ended = expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const writer = opened ? await open(file, 'w') : undefined;
    interruption.abort();
    await ended;
    await writer?.close();
  });

  test('is read up to the limit, and no further than a wrong start', async () => {
    const file = await pipe();
    const endless = async (limits: Parameters<typeof readInput>[1]) => {
      const writer = spawn('sh', ['-c', 'exec yes > "$0"', file]);
      const closed = once(writer, 'close');
      const error: unknown = await readInput(file, limits).catch((cause: unknown) => cause);
      // The reader has closed the pipe, which ends the writer.
      await closed;
      return error;
    };
    expect(await endless({ mostBytes: 100_000 })).toMatchObject({
      sentence: 'expected at most 100000 bytes, got more',
    });
    let seen = 0;
    const checkStart = (start: Buffer) => {
      seen = start.length;
      throw new Error('refused');
    };
    expect(await endless({ ...most, checkStart })).toMatchObject({ message: 'refused' });
    expect(seen).toBeLessThan(100_000);
  });

  test('can be refused', async () => {
    const sentence = 'expected a file, but this is a pipe: write its data to a file first';
    await expect(readInput(await pipe(), { ...most, pipes: false })).rejects.toMatchObject({ sentence });
  });
});

test.skipIf(process.platform === 'win32')('devices and sockets are refused', async () => {
  const sentence = 'expected a file, but this is a device';
  for (const device of ['/dev/null', '/dev/zero', '/dev/random']) {
    await expect(readInput(device, most)).rejects.toMatchObject({ code: 'DATA_UNREADABLE', sentence });
  }
  const socket = path.join(await temporaryFolder(), 'socket');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  await expect(readInput(socket, most)).rejects.toMatchObject({
    sentence: 'expected a file, but this is a socket',
  });
  server.close();
});
