import path from 'node:path';
import { build } from 'tsdown';
import { expect, inject, test } from 'vitest';
import * as safetensors from '../../src/formats/safetensors.ts';
import * as index from '../../src/index.ts';
import * as random from '../../src/random/index.ts';
import * as reference from '../../src/reference/index.ts';
import { entries } from './entries.ts';

const dist = path.join(inject('consumer'), 'node_modules/@micronn/core/dist');

// After an intended change: run `pnpm --filter core api` and commit the files in etc/ with the change.
test.each(entries)('the public declarations of %s match etc/', async (_specifier, name) => {
  await expect(await publicDeclarations(name)).toMatchFileSnapshot(`../../etc/${name}.api.txt`);
});

test('every link in a comment names an export of an entry', async () => {
  const texts = await Promise.all(entries.map(([, name]) => declarations(name)));
  const exported = new Set(texts.flatMap(exportedNames));
  for (const [k, text] of texts.entries()) {
    const links = [...text.matchAll(/\{@link (\w+)\}/g)].map(([, link]) => link!);
    expect([entries[k]![0], links.filter((link) => !exported.has(link))]).toEqual([entries[k]![0], []]);
  }
  expect(texts.join('')).toContain('{@link ');
});

test('an entry that throws a ShapeError exports it', async () => {
  const throwing = [];
  for (const [specifier, name] of entries) {
    const text = await declarations(name);
    if (!text.includes('@throws ShapeError')) continue;
    throwing.push(specifier);
    expect([specifier, exportedNames(text)]).toEqual([specifier, expect.arrayContaining(['ShapeError'])]);
  }
  expect(throwing).toEqual(expect.arrayContaining(['@micronn/core/kernels', '@micronn/core/onnx']));
});

function exportedNames(text: string): string[] {
  const [, names = ''] = /^export \{ (.*) \};\n?$/m.exec(text) ?? [];
  return names.split(', ').map((name) => name.replace(/^type /, ''));
}

/** An entry's declarations without comments, one export per line. */
async function publicDeclarations(name: string): Promise<string> {
  const text = await declarations(name);
  return text
    .replaceAll(/^ *\/\*\*.*?\*\/\n/gms, '')
    .replaceAll(/^\/\/.*\n?/gm, '')
    .replace(
      /^export \{ (.*) \};\n?$/m,
      (_, names: string) => `export {\n  ${names.replaceAll(', ', ',\n  ')},\n};\n`,
    );
}

/** An entry's declarations in one text. */
async function declarations(name: string): Promise<string> {
  const [built] = await build({
    config: false,
    tsconfig: false,
    logLevel: 'error',
    entry: { [name]: path.join(dist, `${name}.d.ts`) },
    dts: { oxc: true, dtsInput: true, emitDtsOnly: true, sourcemap: false },
    format: 'esm',
    write: false,
    clean: false,
  });
  const [file, ...others] = built?.chunks ?? [];
  if (file?.type !== 'chunk' || others.length > 0)
    throw new Error(`${name}: expected one file of declarations`);
  return file.code;
}

test('the main entry exports the reference, random and safetensors entries, and nothing else', () => {
  expect({ ...index }).toEqual({ ...reference, ...random, ...safetensors });
});
