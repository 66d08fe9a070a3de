import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { entries } from './entries.ts';
import { expectedFile, expectedStep } from './expected.ts';

const run = promisify(execFile);
const consumer = inject('consumer');

describe.each([
  ['TypeScript', 'typescript'],
  ['TypeScript 5.7, the lowest that the README names', 'typescript-lowest'],
])('from %s, with strict', (_, compiler) => {
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve(`${compiler}/package.json`)));

  /** The compiler's messages for a file of the consumer. */
  async function compile(name: string, options: Record<string, unknown>): Promise<string> {
    const folder = await mkdtemp(path.join(consumer, 'typed-'));
    const project = path.join(folder, 'tsconfig.json');
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      noEmit: true,
      ...options,
    };
    await writeFile(project, JSON.stringify({ compilerOptions, files: [path.join('..', name)] }));
    const { stdout } = await run(process.execPath, [tsc, '-p', project]).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  }

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('module %s, resolution %s', async (module, moduleResolution) => {
    expect(await compile('typed.ts', { module, moduleResolution })).toBe('');
  });

  test('all entries except shared-memory compile without the lib dom', async () => {
    const compileTypes = async (...specifiers: string[]): Promise<string> => {
      const lines = specifiers.map((specifier) => `export type * from '${specifier}';\n`);
      await writeFile(path.join(consumer, 'without-dom.ts'), lines.join(''));
      return compile('without-dom.ts', { module: 'nodenext', lib: ['es2022'] });
    };
    const sharedMemory = '@micronn/core/shared-memory';
    const others = entries.map(([specifier]) => specifier).filter((name) => name !== sharedMemory);
    expect(await compileTypes(...others)).toBe('');
    expect(await compileTypes(sharedMemory)).toContain("'WebAssembly'");
  });
});

describe('from plain JavaScript', () => {
  async function plain(node: string): Promise<unknown> {
    const { stdout } = await run(node, ['plain.js'], { cwd: consumer });
    return JSON.parse(stdout);
  }

  test(`on the pinned Node, ${process.version}`, async () => {
    expect(await plain(process.execPath)).toEqual({
      node: process.version,
      step: expectedStep,
      file: expectedFile,
    });
  });

  test('on Node 20, if the machine has it', async ({ skip }) => {
    const node20 = await findNode20();
    if (!node20) return skip('no Node 20 on the PATH');
    expect(await plain(node20)).toEqual({
      node: expect.stringMatching(/^v20\./),
      step: expectedStep,
      file: expectedFile,
    });
  });
});

async function findNode20(): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const places = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  for (const place of new Set(places)) {
    // The links in node_modules/.bin lead to the pinned Node.
    if (place.includes('node_modules') || !existsSync(place)) continue;
    const { stdout } = await run(place, ['--version']);
    if (stdout.startsWith('v20.')) return place;
  }
  return undefined;
}
