import { readFile } from 'node:fs/promises';
import { describe, expect, inject, test } from 'vitest';
import { bundle, compressedKilobytes } from './bundle.ts';
import { entries } from './entries.ts';

const consumer = inject('consumer');
const everything = entries
  .map(([specifier, name]) => `export * as ${name.replaceAll('-', '_')} from '${specifier}';`)
  .join('\n');
const forwardPass = `export { forward } from '@micronn/core';`;

async function kilobytes(line: string): Promise<number> {
  return compressedKilobytes(await bundle(consumer, line));
}

describe('minified and compressed with gzip', () => {
  // exp and log take 0.4 kB of this: they give the reference the same bits in every engine. The kernels of the strategy
  // data take 3.3 kB, and the one that makes lists 0.5 kB. Reading tables and
  // arrays takes 14 kB, and the models of other programs 6 kB.
  test('everything is at most 57 kB', async () => {
    expect(await kilobytes(everything)).toBeLessThanOrEqual(57);
  });

  test('the forward pass of the reference alone is at most 3 kB', async () => {
    expect(await kilobytes(forwardPass)).toBeLessThanOrEqual(3);
  });

  // The tolerance is for zlib, which compresses slightly differently on other processors.
  test('every size in the README is correct within 0.2 kB', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...readme.matchAll(/^\| `(@micronn\/core[^`]*)` .* (\d+\.\d) kB +\|$/gm)].map(([, name, size]) => [
        name,
        size,
      ]),
    );
    const [, all] = /everything together (\d+\.\d) kB/.exec(readme) ?? [];
    const [, pass] = /`forward` alone (\d+\.\d) kB/.exec(readme) ?? [];
    const stated = [...entries.map(([specifier]) => rows.get(specifier)), all, pass].map(Number);
    const lines = [...entries.map(([specifier]) => `export * from '${specifier}';`), everything, forwardPass];
    const measured = await Promise.all(lines.map(kilobytes));
    const message = `measured: ${measured.map((size) => size.toFixed(1)).join(', ')}`;
    for (const [k, size] of measured.entries())
      expect(Math.abs(size - stated[k]!), message).toBeLessThan(0.2);
  });
});

describe('a bundle contains no unused code', () => {
  test('the reference includes no WebAssembly, no encoder and no unused check', async () => {
    const code = await bundle(consumer, forwardPass);
    expect(code).toContain('forward');
    expect(code).not.toMatch(/AGFzbQ|WebAssembly|__metadata__|permutation|must be one of/);
  });

  test('the encoders include no network', async () => {
    const code = await bundle(consumer, `export { encodeSafetensors } from '@micronn/core';`);
    expect(code).toContain('__metadata__');
    expect(code).not.toMatch(/AGFzbQ|WebAssembly|forward/);
  });
});
