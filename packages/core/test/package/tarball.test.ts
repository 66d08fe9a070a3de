import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { expect, inject, test } from 'vitest';

const installed = path.join(inject('consumer'), 'node_modules/@micronn/core');
const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as Record<
  string,
  unknown
>;
const tarball = await readFile(inject('tarball'));

test('publint finds nothing, suggestions included', async () => {
  const { messages } = await publint({ pkgDir: installed, level: 'suggestion', strict: true });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});

test('attw finds nothing for importers that support ES modules', async () => {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  if (result.types === false) throw new Error('attw found no types');
  const kinds = Object.values(result.entrypoints['.']!.resolutions).map(
    (resolution) => resolution.resolutionKind,
  );
  expect(kinds).toContain('node16-esm');
  expect(kinds).toContain('bundler');
  expect(Object.keys(result.entrypoints)).toEqual([
    '.',
    './reference',
    './kernels',
    './shared-memory',
    './data',
    './digit',
    './other-models',
    './safetensors',
    './onnx',
    './json',
    './random',
    './package.json',
  ]);
  expect(result.problems.filter(concernsModules)).toEqual([]);
});

/** The profile `esm-only` of attw's command line: problems of CommonJS and Node 10 do not count. */
function concernsModules(problem: Problem): boolean {
  if (!('resolutionKind' in problem)) return true;
  return problem.resolutionKind === 'node16-esm' || problem.resolutionKind === 'bundler';
}

test('it has no dependency, no install script and nothing native, and states the required Node', () => {
  const { dependencies, peerDependencies, optionalDependencies, bin, engines, sideEffects, type } = manifest;
  expect({ dependencies, peerDependencies, optionalDependencies, bin, engines, sideEffects, type }).toEqual({
    engines: { node: '>=20' },
    sideEffects: false,
    type: 'module',
  });
  const scripts = Object.keys(manifest['scripts'] as Record<string, string>);
  expect(scripts.filter((name) => /install|prepare/.test(name))).toEqual([]);
});

test('it contains the build, the sources for its maps, README and LICENSE, and nothing else', () => {
  const files = createPackageFromTarballData(new Uint8Array(tarball))
    .listFiles()
    .map((file) => file.replace('/node_modules/@micronn/core/', ''));
  const isExpected =
    /^(?:dist\/[\w-]+\.(?:js|d\.ts)(?:\.map)?|src\/[\w/-]+\.ts|README\.md|LICENSE|package\.json)$/;
  expect(files.filter((file) => !isExpected.test(file) || file.includes('.test.'))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'dist/index.js']));
});

test('every file of code has a map, and every map names sources in the package', async () => {
  const files = createPackageFromTarballData(new Uint8Array(tarball))
    .listFiles()
    .map((file) => file.replace('/node_modules/@micronn/core/', ''));
  const maps = files.filter((file) => file.endsWith('.map'));
  for (const file of files.filter((name) => /^dist\/.*(?:js|d\.ts)$/.test(name))) {
    const text = await readFile(path.join(installed, file), 'utf8');
    // A file of imports and exports alone has nothing to map.
    const onlyNames = text.replaceAll(/^(?:import|export) .*;\n?/gm, '').trim() === '';
    expect([file, maps.includes(`${file}.map`)]).toEqual([file, !onlyNames]);
  }
  for (const map of maps) {
    const { sources } = JSON.parse(await readFile(path.join(installed, map), 'utf8')) as {
      sources: string[];
    };
    const missing = sources.filter((source) => !files.includes(path.posix.join('dist', source)));
    expect([map, missing]).toEqual([map, []]);
  }
});
