import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';

/** A smoke run of the benchmark on a small part of MNIST. No time is asserted. */
describe('bench', () => {
  test('--quick --json: rows with every field, saved with machine and versions; threads end in the same bits', async () => {
    const cwd = await temporaryFolder();
    const { code, events, stderr } = await runCli(['bench', '--quick', '--json', '--threads', '2'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    for (const row of events) {
      expect(Object.keys(row)).toHaveLength(16);
      expect(row).toMatchObject({
        event: 'row',
        section: expect.stringMatching(/^(epochs|csv|start-up|inference|peers)$/) as string,
        name: expect.any(String) as string,
        runner: expect.any(String) as string,
        unit: expect.stringMatching(/^(ms|µs|rows\/s|images\/s|MB)$/) as string,
        ratios: expect.any(Object) as object,
        atBest: expect.any(Object) as object,
      });
      for (const field of ['threads', 'accuracy', 'parametersSha256', 'note'])
        expect(row).toHaveProperty(field);
      const rounds = row['rounds'] as number[];
      if (row['note'] === 'not installed') {
        expect(row).toMatchObject({ rounds: [], median: null, least: null, most: null, best: null });
      } else {
        expect(rounds).toHaveLength(1);
        expect(rounds[0]).toBeGreaterThan(0);
        expect(row).toMatchObject({ median: rounds[0], least: rounds[0], most: rounds[0] });
        // A round has one time, except for epochs.
        if (['epochs', 'peers'].includes(String(row['section'])))
          expect(row['best']).toBeLessThanOrEqual(rounds[0]!);
        else expect(row['best']).toBe(rounds[0]);
      }
    }

    // Every network in minibatches and in full batch, on 1 thread, on 2, and as 2 trainings; with the peers, on 1 and 2.
    // The strategies have hashes of their own.
    const own = /^micronn(, rows)?(, 2 trainings at once)?$/;
    const trained = events.filter(
      ({ parametersSha256, runner }) => parametersSha256 && own.test(String(runner)),
    );
    const hashes = new Map<string, unknown[]>();
    for (const { section, name, runner, parametersSha256 } of trained) {
      const strategy = String(runner).includes(', rows') ? 'rows' : 'data';
      const key = `${String(section)}: ${String(name)}, ${strategy}`;
      hashes.set(key, [...(hashes.get(key) ?? []), parametersSha256]);
    }
    expect([...hashes.keys()].toSorted()).toEqual([
      'epochs: 784-10-10, batch 64, data',
      'epochs: 784-10-10, batch 64, rows',
      'epochs: 784-10-10, full batch, data',
      'epochs: 784-10-10, full batch, rows',
      'epochs: 784-128-10, batch 64, data',
      'epochs: 784-128-10, batch 64, rows',
      'epochs: 784-128-10, full batch, data',
      'epochs: 784-128-10, full batch, rows',
      'peers: 784-10-10, batch 64, data',
      'peers: 784-10-10, batch 64, rows',
    ]);
    for (const [key, found] of hashes) {
      expect(found).toHaveLength(key.startsWith('peers') ? 2 : 3);
      expect(new Set(found).size).toBe(1);
    }
    expect(events.filter(({ name }) => name === 'CSV, 3000 rows, from the cache')).toHaveLength(1);
    expect(new Set([...hashes.values()].flat()).size).toBeGreaterThanOrEqual(4);

    const report = JSON.parse(await readFile(path.join(cwd, 'bench.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(report).toMatchObject({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      quick: true,
      machine: {
        cpu: expect.any(String) as string,
        cores: expect.any(Number) as number,
        memoryBytes: expect.any(Number) as number,
        os: expect.any(String) as string,
        architecture: expect.any(String) as string,
      },
      versions: { node: process.versions.node, v8: process.versions.v8 },
      environment: expect.any(Object) as object,
      rows: events.map(({ event: _event, ...row }) => row),
    });
  });

  test('an invalid option is reported with name, value and expected value', async () => {
    const cwd = await temporaryFolder();
    const { code, events } = await runCli(['bench', '--rounds', '0', '--json'], { cwd });
    expect(code).toBe(2);
    expect(events).toEqual([
      {
        event: 'error',
        code: 'OPTION_VALUE',
        message: '--rounds must be a whole number from 1 to 1000, got "0"',
      },
    ]);
  });
});
