import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type JsonEvent, runCli, temporaryFolder } from './run-cli.ts';

/** A smoke run of the benchmark on a small part of MNIST. No time is asserted. */
describe('bench', () => {
  test('--quick --json: rows with every field, saved with machine and versions; threads end in the same bits', {
    timeout: 600_000,
  }, async () => {
    const cwd = await temporaryFolder();
    const { code, events, stderr } = await runCli(['bench', '--quick', '--json', '--threads', '2'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    for (const row of events) {
      expect(Object.keys(row)).toHaveLength(16);
      expect(row).toMatchObject({
        event: 'row',
        section: expect.stringMatching(/^(commands|peers|epochs|csv|inference)$/) as string,
        name: expect.any(String) as string,
        runner: expect.any(String) as string,
        unit: expect.stringMatching(/^(ms|µs|rows\/s|images\/s|MB|×)$/) as string,
        ratios: expect.any(Object) as object,
        atBest: expect.any(Object) as object,
      });
      for (const field of ['threads', 'accuracy', 'parametersSha256', 'note'])
        expect(row).toHaveProperty(field);
      const rounds = row['rounds'] as number[];
      if (/^not installed$|^left out: /.test(String(row['note']))) {
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
      ({ section, parametersSha256, runner }) =>
        section !== 'commands' && parametersSha256 && own.test(String(runner)),
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
    assertCommands(events);
    expect(new Set([...hashes.values()].flat()).size).toBeGreaterThanOrEqual(4);

    const report = JSON.parse(await readFile(path.join(cwd, 'bench.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(report['dates'] as object)).toEqual([
      'commands',
      'peers',
      'epochs',
      'csv',
      'inference',
    ]);
    expect(report).toMatchObject({
      dates: { commands: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string },
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
      rows: rowsOf(events),
    });

    // One section is measured again, and the others are kept.
    const again = await runCli(['bench', '--quick', '--json', '--only', 'inference'], { cwd });
    const merged = JSON.parse(await readFile(path.join(cwd, 'bench.json'), 'utf8')) as typeof report;
    const kept = events.filter(({ section }) => section !== 'inference');
    expect(new Set(again.events.map(({ section }) => section))).toEqual(new Set(['inference']));
    expect(merged['rows']).toEqual(rowsOf([...kept, ...again.events]));
    const { inference, ...dates } = merged['dates'] as Record<string, string>;
    expect(report['dates']).toMatchObject(dates);
    expect(report['dates']).not.toMatchObject({ inference });
    // Smoke runs and measurements do not mix.
    const mixed = await runCli(['bench', '--json', '--only', 'inference'], { cwd });
    expect(mixed).toMatchObject({
      code: 2,
      events: [{ code: 'BENCH_FILE', message: expect.stringMatching(/a run with --quick$/) as string }],
    });
  });

  test.each([
    ['--rounds', '0', '--rounds must be a whole number from 1 to 1000, got "0"'],
    ['--only', 'start', '--only must be one of commands, peers, epochs, csv, inference, got "start"'],
  ])('an invalid %s is reported with value and expected value', async (option, value, message) => {
    const cwd = await temporaryFolder();
    const { code, events } = await runCli(['bench', option, value, '--json'], { cwd });
    expect(code).toBe(2);
    expect(events).toEqual([{ event: 'error', code: 'OPTION_VALUE', message }]);
  });
});

/** The rows as the file of the results has them. */
function rowsOf(events: readonly JsonEvent[]): Record<string, unknown>[] {
  return events.map(({ event: _event, ...row }) => row);
}

/** Each measure of each command is there; runs of micronn end in the same bits, and ratios follow from the medians. */
function assertCommands(events: readonly JsonEvent[]): void {
  const rows = events.filter(({ section }) => section === 'commands');
  const training = '784-10-10, 10 epochs';
  const of = (name: string): JsonEvent[] => rows.filter((row) => row['name'] === name);
  for (const [task, runners] of [
    [training, ['npm start', 'micronn', 'NumPy script']],
    [`${training}, from a CSV`, ['micronn, first time', 'micronn, cached']],
    ['start', ['node -e 0', 'micronn --version', 'micronn --help', 'micronn --nonsense']],
  ] as const) {
    for (const measure of ['wall clock', 'processor time', ...(task === 'start' ? [] : ['memory'])])
      expect(of(`${task}: ${measure}`).map(({ runner }) => runner)).toEqual(runners);
  }
  expect(of(`${training}: first epoch / median epoch`)).toMatchObject([{ runner: 'micronn', unit: '×' }]);

  const [npm, micronn, script] = of(`${training}: wall clock`);
  expect(script).toMatchObject({ parametersSha256: null, ratios: {} });
  for (const row of [npm!, micronn!]) {
    expect(row).toMatchObject({ parametersSha256: micronn!['parametersSha256'] });
    expect(row['ratios']).toEqual({ 'NumPy script': Number(script!['median']) / Number(row['median']) });
  }
  for (const row of [npm!, micronn!, script!]) expect(row['accuracy']).toBeGreaterThan(0.9);
  const [first, cached] = of(`${training}, from a CSV: wall clock`);
  expect(first!['parametersSha256']).toMatch(/^[0-9a-f]{64}$/);
  expect(cached!['parametersSha256']).toBe(first!['parametersSha256']);
}
