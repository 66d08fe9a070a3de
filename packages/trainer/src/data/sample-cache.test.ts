import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  chown,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryName } from '../files/write-whole.ts';
import { cachedSet, contentKey, createSampleCache } from './sample-cache.ts';
import type { ByteSource, RawSet } from './source.ts';

let folder = '';
let warnings: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'micronn-cache-'));
  warnings = [];
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const open = (limitBytes?: number, at = folder) =>
  createSampleCache(at, (code) => warnings.push(code), limitBytes);
const keyOf = (digit: number) => String(digit).repeat(64);
const entryOf = (digit: number) => path.join(folder, `${keyOf(digit)}.samples`);

function setOf(count: number, inputs: number, seed = 1, wide = false) {
  const places = new (wide ? Uint16Array : Uint8Array)(count).map((_, i) => (i * seed) % 10);
  return {
    count,
    width: inputs,
    height: 1,
    labels: { places, values: ['5', 'zero', 'é'] },
    images: Uint8Array.from({ length: count * inputs }, (_, i) => (i * 7 * seed) % 256),
    range: { low: -1, high: seed },
    told: ['CSV', 'a header'],
  } satisfies RawSet;
}

/** 96 bytes of header, 104 of JSON and 800 of rows. */
const thousandBytes = setOf(8, 99);

test('sets come back as they went in, in shared memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(),
      fc.boolean(),
      fc.record({ labels: fc.boolean(), range: fc.boolean() }),
      async (m, d, seed, wide, has) => {
        const { labels, range, ...rest } = setOf(m, d, seed, wide);
        const set: RawSet = { ...rest, ...(has.labels && { labels }), ...(has.range && { range }) };
        await open().put(keyOf(1), set);
        const kept = (await open().get(keyOf(1)))!;
        expect(kept).toEqual(set);
        expect((kept.images as Uint8Array).buffer).toBeInstanceOf(SharedArrayBuffer);
        if (kept.labels) expect(kept.labels.places.buffer).toBeInstanceOf(SharedArrayBuffer);
      },
    ),
    { numRuns: 30 },
  );
  expect(warnings).toEqual([]);
});

test('what is not there is missing without a word', async () => {
  expect(await open().get(keyOf(1))).toBeUndefined();
  expect(await open(undefined, path.join(folder, 'none')).get(keyOf(1))).toBeUndefined();
  expect(warnings).toEqual([]);
});

describe('a damaged entry is detected, reported, and written again', () => {
  test('a changed bit anywhere', async () => {
    await open().put(keyOf(1), thousandBytes);
    const whole = await readFile(entryOf(1));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        warnings = [];
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        await writeFile(entryOf(1), bytes);
        expect(await open().get(keyOf(1))).toBeUndefined();
        expect(warnings).toEqual(['CACHE_DAMAGED']);
      }),
    );
    await open().put(keyOf(1), thousandBytes);
    expect(await readFile(entryOf(1))).toEqual(whole);
  });

  test('cut off or with something behind it', async () => {
    await open().put(keyOf(1), thousandBytes);
    const whole = await readFile(entryOf(1));
    for (const length of [0, 5, 95, 96, 500, 999]) {
      await writeFile(entryOf(1), whole.subarray(0, length));
      expect(await open().get(keyOf(1))).toBeUndefined();
    }
    await writeFile(entryOf(1), Buffer.concat([whole, Buffer.of(0)]));
    expect(await open().get(keyOf(1))).toBeUndefined();
    expect(warnings).toEqual(Array(7).fill('CACHE_DAMAGED'));
  });

  test('the entry of another file under this one’s name', async () => {
    await open().put(keyOf(1), thousandBytes);
    await writeFile(entryOf(2), await readFile(entryOf(1)));
    expect(await open().get(keyOf(2))).toBeUndefined();
    expect(warnings).toEqual(['CACHE_DAMAGED']);
  });
});

describe('the folder stays within its limit', () => {
  const age = (digit: number, minutes: number) => {
    const then = new Date(Date.now() - minutes * 60_000);
    return utimes(entryOf(digit), then, then);
  };
  const kept = async () => (await readdir(folder)).map((name) => Number(name[0])).toSorted((a, b) => a - b);

  test('what was not used for longest makes room; reading is using', async () => {
    const cache = open(3000);
    for (const digit of [1, 2, 3]) await cache.put(keyOf(digit), thousandBytes);
    expect(await kept()).toEqual([1, 2, 3]);
    await age(1, 30);
    await age(2, 20);
    await age(3, 10);
    expect(await cache.get(keyOf(1))).toBeDefined();
    await cache.put(keyOf(4), thousandBytes);
    expect(await kept()).toEqual([1, 3, 4]);
  });

  test('a larger entry takes the place of several', async () => {
    const cache = open(3000);
    for (const digit of [1, 2, 3]) {
      await cache.put(keyOf(digit), thousandBytes);
      await age(digit, 10 * digit);
    }
    await cache.put(keyOf(4), setOf(16, 111));
    expect(await kept()).toEqual([1, 4]);
  });

  test('what was just written stays, though the clock was set back since the others were', async () => {
    const cache = open(2000);
    for (const digit of [1, 2]) {
      await cache.put(keyOf(digit), thousandBytes);
      await age(digit, -60);
    }
    await cache.put(keyOf(3), thousandBytes);
    expect(await kept()).toContain(3);
    expect(await kept()).toHaveLength(2);
  });

  test('an entry above the limit is not written, and costs no other its place', async () => {
    await open(3000).put(keyOf(1), thousandBytes);
    await open(999).put(keyOf(2), thousandBytes);
    expect(await kept()).toEqual([1]);
  });

  test('what a killed run left goes after an hour, what another run is writing stays', async () => {
    const [left, written] = [temporaryName(entryOf(1)), temporaryName(entryOf(1))];
    await writeFile(left, 'x');
    await writeFile(written, 'x');
    const then = new Date(Date.now() - 61 * 60_000);
    await utimes(left, then, then);
    await open().put(keyOf(2), thousandBytes);
    expect((await readdir(folder)).toSorted()).toEqual(
      [written, entryOf(2)].map((file) => path.basename(file)).toSorted(),
    );
  });
});

describe('a folder that holds other files', () => {
  const hex = 'f'.repeat(64);
  const others = [
    'x.tmp',
    'notes.txt.tmp',
    '.hidden.tmp',
    'abc.samples',
    `${hex.slice(1)}.samples`,
    `${hex}0.samples`,
    `${hex.toUpperCase()}.samples`,
    `${'g'.repeat(64)}.samples`,
    `${hex}.samples.bak`,
    `a${hex}.samples`,
    `${'e'.repeat(64)}.Samples`,
    `${hex}.sample`,
    `${hex}.tmp`,
    `${hex}.samples.tmp`,
    `${hex}.samples.left.tmp`,
    `${hex}.samples.${'-'.repeat(36)}.tmp`,
    `${hex}.safetensors.${randomUUID()}.tmp`,
    `model.${randomUUID()}.tmp`,
    `${hex}.samples.${randomUUID()}.tmp.old`,
    'data.csv',
  ];

  test('keeps them all, of any age and ending, byte for byte, and does not count them', async () => {
    for (const [k, name] of others.entries()) {
      const file = path.join(folder, name);
      await writeFile(file, `${name}${'.'.repeat(5000)}`);
      const then = new Date(Date.now() - k ** 3 * 24 * 3_600_000);
      await utimes(file, then, then);
    }
    const before = await contentsOf(others);
    for (let run = 0; run < 50; run++) {
      const cache = open(2000);
      await cache.put(keyOf(run % 10), thousandBytes);
      expect(await cache.get(keyOf(run % 10))).toEqual(thousandBytes);
      // The limit has room for two entries of its own.
      expect((await readdir(folder)).length - others.length).toBe(Math.min(run + 1, 2));
    }
    expect(await contentsOf(others)).toEqual(before);
    expect(warnings).toEqual([]);
  });

  // Windows lets only administrators make links.
  test.skipIf(process.platform === 'win32')(
    'keeps folders and links that have the name of an entry or a temporary file',
    async () => {
      const elsewhere = await mkdtemp(path.join(tmpdir(), 'micronn-elsewhere-'));
      onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
      const target = path.join(elsewhere, 'target');
      await open(undefined, elsewhere).put(keyOf(2), thousandBytes);
      await rename(path.join(elsewhere, `${keyOf(2)}.samples`), target);
      const then = new Date(0);
      await utimes(target, then, then);
      await mkdir(entryOf(1));
      await writeFile(path.join(entryOf(1), 'kept'), 'x');
      await mkdir(temporaryName(entryOf(3)));
      await symlink(target, entryOf(2));
      await symlink(target, temporaryName(entryOf(2)));
      const names = await readdir(folder);
      for (const name of names) await lutimes(path.join(folder, name), then, then);
      for (let run = 3; run < 9; run++) await open(1000).put(keyOf(run), thousandBytes);
      // A link in the place of an entry is neither followed nor replaced.
      expect(await open().get(keyOf(2))).toBeUndefined();
      await open().put(keyOf(2), thousandBytes);
      expect(warnings).toEqual(['CACHE_UNREADABLE', 'CACHE_UNWRITABLE']);
      expect(await readlink(entryOf(2))).toBe(target);
      expect(await readdir(folder)).toEqual(expect.arrayContaining(names));
      expect(await readFile(path.join(entryOf(1), 'kept'), 'utf8')).toBe('x');
      expect((await stat(target)).mtimeMs).toBe(0);
    },
  );

  // Only root can give a file away.
  test.skipIf(process.geteuid?.() !== 0)('keeps entries and temporary files of other users', async () => {
    const theirs = [entryOf(1), temporaryName(entryOf(1))];
    for (const file of theirs) {
      await writeFile(file, 'theirs');
      await utimes(file, 0, 0);
      await chown(file, 12_345, 12_345);
    }
    for (let run = 2; run < 6; run++) await open(1000).put(keyOf(run), thousandBytes);
    expect(await open().get(keyOf(1))).toBeUndefined();
    await open().put(keyOf(1), thousandBytes);
    expect(warnings).toEqual(['CACHE_UNREADABLE', 'CACHE_UNWRITABLE']);
    for (const file of theirs) expect(await readFile(file, 'utf8')).toBe('theirs');
  });

  async function contentsOf(names: readonly string[]): Promise<[string, string, number][]> {
    return Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, name);
        return [name, await readFile(file, 'utf8'), (await stat(file)).mtimeMs];
      }),
    );
  }
});

test('many concurrent writers and readers of one entry: a reader sees a complete entry or none', async () => {
  const reads = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? open().put(keyOf(1), thousandBytes) : open().get(keyOf(1)),
    ),
  );
  for (const read of reads) if (read) expect(read).toEqual(thousandBytes);
  expect(await open().get(keyOf(1))).toEqual(thousandBytes);
  expect(await readdir(folder)).toEqual([path.basename(entryOf(1))]);
  expect(warnings).toEqual([]);
});

test('failures of reading and writing are reported, and leave nothing behind', async () => {
  // A folder in place of the entry: not even root can read or write it as a file.
  await mkdir(entryOf(1));
  await open().put(keyOf(1), thousandBytes);
  expect(await open().get(keyOf(1))).toBeUndefined();
  expect(warnings).toEqual(['CACHE_UNWRITABLE', 'CACHE_UNREADABLE']);
  expect(await readdir(folder)).toEqual([path.basename(entryOf(1))]);
});

const never = new AbortController().signal;
const sourceOf = (file: string): ByteSource => ({ name: 'digits', file, open: () => createReadStream(file) });

async function write(name: string, content: Uint8Array): Promise<ByteSource> {
  await writeFile(path.join(folder, name), content);
  return sourceOf(path.join(folder, name));
}

test('a source’s key follows from its bytes and how they are read, and from nothing else', async () => {
  const bytes = Buffer.alloc(2_500_000, 'seven');
  const key = await contentKey(await write('a.csv', bytes), {}, never);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await contentKey(await write('b.csv', bytes), { unlabelled: false }, never)).toBe(key);
  const streamed = { open: () => createReadStream(path.join(folder, 'a.csv')) };
  expect(await contentKey(streamed, {}, never)).toBe(key);
  for (const reading of [
    { labelColumn: 'last' },
    { unlabelled: true },
    { size: { width: 4, height: 7 } },
    { pixelScale: { low: 0, high: 16 } },
  ]) {
    expect(await contentKey(await write('a.csv', bytes), reading, never)).not.toBe(key);
  }
  bytes[2_400_000]! ^= 1;
  expect(await contentKey(await write('a.csv', bytes), {}, never)).not.toBe(key);
  const aborted = contentKey(sourceOf(path.join(folder, 'a.csv')), {}, AbortSignal.abort());
  await expect(aborted).rejects.toThrow('aborted');
});

describe('a source is read once', () => {
  /** A cache beside the files, how often it had to read, and how often the bytes of a file were hashed. */
  function cacheOf() {
    const calls = { read: 0 };
    const cache = path.join(folder, 'cache');
    const load = {
      cache,
      signal: never,
      warn: (code: string) => warnings.push(code),
      workers: { threads: 1, readRange: () => expect.unreachable('nothing is read here') },
    };
    return {
      calls,
      entries: () => readdir(cache),
      get: (source: ByteSource, reading = {}, change: () => Promise<unknown> = async () => {}) =>
        cachedSet(source, reading, load, async () => {
          calls.read++;
          await change();
          return thousandBytes;
        }),
    };
  }
  const settle = (file: string) => utimes(file, new Date(0), new Date(0)).then(() => setTimeout(2100));

  test('under any name, and again when its bytes or the options change', async () => {
    const { calls, get } = cacheOf();
    const source = await write('a.csv', Buffer.from('7,0'));
    expect(await get(source)).toBe(thousandBytes);
    expect(await get(source)).toEqual(thousandBytes);
    expect(await get(await write('b.csv', Buffer.from('7,0')))).toEqual(thousandBytes);
    expect(calls.read).toBe(1);
    await get(source, { labelColumn: 'last' });
    expect(calls.read).toBe(2);
    await get(await write('a.csv', Buffer.from('7,1')));
    expect(calls.read).toBe(3);
    expect(warnings).toEqual([]);
  });

  test('is not kept if it changed while it was read', async () => {
    const { calls, get } = cacheOf();
    const source = await write('a.csv', Buffer.from('7,0'));
    await get(source, {}, () => utimes(source.file!, 1, 1));
    await get(source);
    expect(calls.read).toBe(2);
  });

  test('and an unchanged file that has settled is not even hashed', async () => {
    const { calls, get, entries } = cacheOf();
    const source = await write('a.csv', Buffer.from('7,0'));
    // Before it has settled, its state is not kept; the first look after that keeps it.
    await get(source);
    await settle(source.file!);
    await get(source);
    const [entry] = await entries();
    const unreadable = { ...source, open: () => expect.unreachable('the file is not read') };
    expect(await get(unreadable)).toEqual(thousandBytes);
    expect(calls.read).toBe(1);
    // The entry of another content under the same state shows that its bytes are not looked at, as the key would be.
    const key = await contentKey(source, {}, never);
    expect(entry).toBe(`${key}.samples`);
    const state = (await readFile(path.join(folder, 'cache', entry!))).toString('hex', 64, 96);
    expect(state).not.toBe('0'.repeat(64));
    const cache = createSampleCache(path.join(folder, 'cache'), (code) => warnings.push(code));
    expect(await cache.find(state)).toEqual(thousandBytes);
    expect(warnings).toEqual([]);
  });
});
