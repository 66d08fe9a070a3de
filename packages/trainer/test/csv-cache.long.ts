import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readMnist, writeKaggleCsv } from '@micronn/fixtures/node';
import { describe, expect, test } from 'vitest';
import { contentKey, createSampleCache } from '../src/data/sample-cache.ts';
import { doneOf, runCli, temporaryFolder } from './run-cli.ts';

/** A folder with a CSV to train on, and a function that runs there. */
async function csvFolder() {
  const cwd = await temporaryFolder();
  const samples = readMnist('train', 0, 300);
  await writeKaggleCsv(path.join(cwd, 'train.csv'), samples);
  const cache = path.join(cwd, 'micronn-cache');
  let runs = 0;
  const args = (...more: string[]) =>
    ['--data', 'train.csv', '--epochs', '1', '--out', `run-${runs++}`, '--json'].concat(more);
  return {
    cwd,
    samples,
    cache,
    entries: () => readdir(cache).catch(() => []),
    run: async (...more: string[]) => {
      const { code, events, stderr } = await runCli(args(...more), { cwd });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return {
        sha256: events.at(-1)!['parametersSha256'],
        // 300 rows and an epoch teach too little to be better than chance.
        warnings: events
          .filter((event) => event.event === 'warning' && event['code'] !== 'NO_BETTER_THAN_CHANCE')
          .map((warning) => warning['code']),
      };
    },
  };
}

describe('a parsed CSV is kept beside the hash of its content', () => {
  test('the second run takes it, under another name too; --no-cache neither takes nor keeps', async () => {
    const { cwd, samples, cache, entries, run } = await csvFolder();
    const parsed = await run('--no-cache');
    expect(await entries()).toEqual([]);
    expect(await run()).toEqual(parsed);
    expect(await entries()).toHaveLength(1);
    expect(await run()).toEqual(parsed);

    // Other rows under the key of the file: a run that uses the entry gets other parameters.
    const file = path.join(cwd, 'train.csv');
    const source = { file, open: () => createReadStream(file) };
    const key = await contentKey(source, {}, new AbortController().signal);
    expect(await entries()).toEqual([`${key}.samples`]);
    const values = '0123456789'.split('');
    const labels = { places: samples.labels, values };
    const others = {
      count: 300,
      width: 28,
      height: 28,
      images: samples.images.toReversed(),
      labels,
      told: [],
    };
    await createSampleCache(cache, () => undefined).put(key, others);
    const taken = await run();
    expect(taken.sha256).not.toBe(parsed.sha256);
    await writeFile(path.join(cwd, 'copy.csv'), await readFile(path.join(cwd, 'train.csv')));
    expect(await run('--data', 'copy.csv')).toEqual(taken);
    expect(await run('--no-cache')).toEqual(parsed);
    await writeFile(path.join(cwd, 'off.json'), '{"cache": false}');
    expect(await run('--config', 'off.json')).toEqual(parsed);
    expect(await run('--config', 'off.json', '--cache')).toEqual(taken);
    expect(await entries()).toEqual([`${key}.samples`]);
  });

  test('another content is another entry, and what is wrong is never kept', async () => {
    const { cwd, entries, run } = await csvFolder();
    const before = await run();
    const text = await readFile(path.join(cwd, 'train.csv'), 'utf8');
    const lines = text.trimEnd().split('\n');
    await writeFile(path.join(cwd, 'train.csv'), [lines[0], ...lines.slice(1).toReversed()].join('\n'));
    expect((await run()).sha256).not.toBe(before.sha256);
    expect(await entries()).toHaveLength(2);
    await writeFile(
      path.join(cwd, 'train.csv'),
      `${text}x${text.slice(text.lastIndexOf('\n', text.length - 2) + 2)}`,
    );
    expect(await runCli(['--data', 'train.csv', '--out', 'wrong', '--json'], { cwd })).toMatchObject({
      code: 3,
      events: [{ code: 'CSV_LABEL', line: 302, column: 1 }],
    });
    expect(await entries()).toHaveLength(2);
  });

  test('a damaged or truncated entry is reported, not used, and written again', async () => {
    const { cache, entries, run } = await csvFolder();
    const parsed = await run();
    const entry = path.join(cache, (await entries())[0]!);
    const whole = await readFile(entry);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 100_000]! ^= 0x80;
    for (const damaged of [flipped, whole.subarray(0, 120_000), Buffer.alloc(0)]) {
      await writeFile(entry, damaged);
      expect(await run()).toEqual({ ...parsed, warnings: ['CACHE_DAMAGED'] });
      expect(await readFile(entry)).toHaveLength(whole.length);
      expect(await run()).toEqual(parsed);
    }
  });

  test('two runs at once: the same result, one entry, nothing else left', async () => {
    const { entries, run } = await csvFolder();
    const [one, other] = await Promise.all([run(), run()]);
    expect(one).toEqual({ ...other, warnings: [] });
    expect(await entries()).toHaveLength(1);
    expect(await run()).toEqual(one);
  });

  test('fifty runs leave the other files of the folder as they are', async () => {
    const { cwd, cache, run } = await csvFolder();
    const others = ['', 'x', 'abc', 'f'.repeat(63), 'F'.repeat(64)].flatMap((stem) =>
      ['.tmp', '.samples', '.samples.bak', '.csv'].map((ending) => stem + ending),
    );
    await mkdir(cache);
    for (const [k, name] of others.entries()) {
      await writeFile(path.join(cache, name), `content of ${name}`);
      await utimes(path.join(cache, name), 0, k * 100_000_000);
    }
    const contents = () =>
      Promise.all(
        others.map(async (name) => {
          const file = path.join(cache, name);
          return [name, await readFile(file, 'utf8'), (await stat(file)).mtimeMs];
        }),
      );
    const before = await contents();
    const text = await readFile(path.join(cwd, 'train.csv'), 'utf8');
    for (let k = 0; k < 50; k++) {
      // Another content is another entry: every second run writes one.
      if (k % 2 === 0) await writeFile(path.join(cwd, 'train.csv'), text + '\n'.repeat(k));
      expect((await run('--epochs', '0')).warnings).toEqual([]);
    }
    expect(await contents()).toEqual(before);
    expect((await readdir(cache)).length - others.length).toBe(25);
  }, 600_000);

  test('evaluate takes it too, and leaves it with --no-cache', async () => {
    const { cwd, cache, entries } = await csvFolder();
    await doneOf(['--epochs', '0', '--out', 'model'], { cwd });
    const evaluate = ['evaluate', 'model', '--data', 'train.csv'];
    const parsed = await doneOf([...evaluate, '--no-cache'], { cwd });
    expect(await entries()).toEqual([]);
    expect(await doneOf(evaluate, { cwd })).toEqual(parsed);
    const [entry] = await entries();
    const used = await stat(path.join(cache, entry!));
    expect(await doneOf(evaluate, { cwd })).toEqual(parsed);
    expect((await stat(path.join(cache, entry!))).mtimeMs).toBeGreaterThan(used.mtimeMs);
  });

  test('a cache that cannot be written is warned of, and nothing more', async () => {
    const { cwd } = await csvFolder();
    await writeFile(path.join(cwd, 'file'), '');
    const env = { MICRONN_CACHE: path.join(cwd, 'file', 'cache') };
    const args = ['--data', 'train.csv', '--epochs', '0'];
    const json = await runCli([...args, '--out', 'a', '--json'], { cwd, env });
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(json.events[0]).toMatchObject({
      event: 'warning',
      code: 'CACHE_UNWRITABLE',
      message: expect.stringContaining(`${env.MICRONN_CACHE}: cannot write to the cache: ENOTDIR`),
    });
    const plain = await runCli([...args, '--out', 'b'], { cwd, env });
    expect(plain.code).toBe(0);
    expect(plain.stderr).toMatch(/^warning CACHE_UNWRITABLE: .*\n$/);
  });
});

test('a CSV is read by as many workers as there are threads, to the same bits', async () => {
  const { run } = await csvFolder();
  const one = await run('--no-cache', '--threads', '1');
  for (const threads of ['2', '3']) {
    expect((await run('--no-cache', '--threads', threads)).sha256).toBe(one.sha256);
  }
});
