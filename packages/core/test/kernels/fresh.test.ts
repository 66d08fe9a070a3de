import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { kernelsModule } from '../../scripts/build-kernels.ts';
import { fieldOffsets } from '../../scripts/field-offsets.ts';
import { unroll } from '../../scripts/unroll.ts';
import { layerFields, listRangeFields, networkFields } from '../../src/kernels/fields.ts';

const readText = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

test('the checked-in WebAssembly matches assembly/', async () => {
  expect((await kernelsModule()) === (await readText('../../src/kernels/wasm.ts'))).toBe(true);
}, 60_000);

test('the checked-in offsets of the assembly match the table, one offset per field', async () => {
  const offsets = await fieldOffsets();
  expect(await readText('../../assembly/fields.ts')).toBe(offsets);
  const fields = [networkFields, layerFields, listRangeFields];
  for (const list of fields) expect(offsets).toContain(`_BYTES: usize = ${4 * list.length};`);
  const names = [...offsets.matchAll(/^export const (\w+):/gm)].map(([, name]) => name);
  expect(new Set(names).size).toBe(fields.reduce((sum, list) => sum + list.length + 1, 0));
});

test('unroll repeats a line with each number, upwards or downwards, and does not change other lines', () => {
  const source = ['  a;', '  // unroll 0..2', '  s$ = f(16 * $);', '  // unroll 1..0', '  g(s$);', '  $;'];
  expect(unroll(source.join('\n'))).toBe(
    [
      '  a;',
      '  s0 = f(16 * 0);',
      '  s1 = f(16 * 1);',
      '  s2 = f(16 * 2);',
      '  g(s1);',
      '  g(s0);',
      '  $;',
    ].join('\n'),
  );
});
