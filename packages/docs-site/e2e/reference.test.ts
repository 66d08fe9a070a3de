import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';

/** The generated reference, compared with --help, the sources, and core's built declarations. */
const packages = path.join(import.meta.dirname, '..', '..');
const root = inject('rootSite');

const pageOf = (address: string): string =>
  readFileSync(path.join(root, 'reference', address, 'index.html'), 'utf8');

const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('the command line', () => {
  const html = pageOf('command-line');
  const text = textOf(html).replaceAll(/\s+/g, ' ');

  test.each(['train', 'evaluate', 'predict', 'export', 'bench'])(
    'every option of %s --help is there, with its default',
    (command) => {
      const help = execFileSync(process.execPath, ['trainer/bin/micronn.mjs', command, '--help'], {
        cwd: packages,
        encoding: 'utf8',
        env: { ...process.env, COLUMNS: '1000', NO_COLOR: '1' },
      });
      const options = Array.from(help.matchAll(/^ +(?:-h, )?(--[\w-]+)(.*)$/gm), ([, flag, rest]) => ({
        flag: flag!,
        standard: /\(default: (.*)\)$/.exec(rest!)?.[1],
      })).filter(({ flag }) => flag !== '--help');
      expect(options.length).toBeGreaterThan(0);
      const missing = options.filter(({ flag, standard }) => {
        const [, entry] = html.split(`id="${command}-${flag.slice(2)}"`);
        const said = entry && textOf(entry.split('</dd>')[0]!).replaceAll(/\s+/g, ' ');
        return !said?.includes(flag) || (standard !== undefined && !said.includes(`default ${standard}`));
      });
      expect(missing).toEqual([]);
    },
  );

  test('has every error code of the sources', () => {
    const sources = readFileSync(path.join(packages, 'trainer/src/errors.ts'), 'utf8');
    const codes = Array.from(sources.matchAll(/^ {2}([A-Z_]+): '\w+',$/gm), ([, code]) => code!);
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !text.includes(code))).toEqual([]);
  });
});

describe('core', () => {
  // The exports of the built declarations, as core's own test keeps them.
  const reports = readdirSync(path.join(packages, 'core/etc')).filter((file) => file.endsWith('.api.txt'));

  test.each(reports)('every name of %s has an entry or a link', (report) => {
    const entry = report.replace('.api.txt', '');
    const html = pageOf(entry === 'index' ? 'core' : `core/${entry}`);
    const [, list] = /\nexport \{([^}]*)\};/.exec(
      readFileSync(path.join(packages, 'core/etc', report), 'utf8'),
    )!;
    const names = Array.from(list!.matchAll(/(?:type )?(\w+),/g), ([, name]) => name!);
    expect(names.length).toBeGreaterThan(2);
    const missing = names.filter(
      (name) => !new RegExp(`(<h3 id="[^"]*">|<a href="[^"]*#[^"]*">)<code[^>]*>${name}</code>`).test(html),
    );
    expect(missing).toEqual([]);
  });
});

test('the performance page has a line for each row of bench/latest.json', () => {
  const { rows } = JSON.parse(readFileSync(path.join(packages, 'trainer/bench/latest.json'), 'utf8')) as {
    rows: { name: string; runner: string }[];
  };
  const lines = textOf(pageOf('performance').replaceAll('</div>', '\n')).split('\n');
  expect(rows.length).toBeGreaterThan(40);
  const missing = rows.filter(
    ({ name, runner }) => !lines.some((line) => line.startsWith(name) && line.includes(runner)),
  );
  expect(missing).toEqual([]);
});
