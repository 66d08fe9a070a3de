import { describe, expect, test } from 'vitest';
import type { CoreApi, Entry } from './core-api.ts';
import { corePages } from './core-pages.ts';
import type { Declaration } from './declarations.ts';

const declare = (name: string, kind: Declaration['kind'], signature: string, text = ''): Declaration => ({
  name,
  kind,
  signature,
  doc: { text, params: [], throws: [] },
  file: '/core/a.ts',
});

const shared = declare('Shared', 'type', 'type Shared = number;', 'A number. And more.');
const use = declare(
  'use',
  'function',
  'function use(from: Shared<x>): void',
  'Uses {@link Shared} and {@link hidden}: a_1 * $2.',
);
const types = declare('Types', 'type', 'type Types = 1;', '  z = |x|\n  w = y\n\nThen.');
const entry = (slug: string, exports: Declaration[]): Entry => ({
  name: `core/${slug}`,
  slug,
  holds: 'something',
  size: '1 kB',
  exports,
  file: '',
});
const main = entry('', [shared, use]);
const first = entry('first', [shared]);
const second = entry('second', [shared, use, types]);
const api: CoreApi = {
  entries: [main, first, second],
  home: new Map([
    ['Shared', first],
    ['use', second],
    ['Types', second],
  ]),
};

describe("core's pages", () => {
  const [mainPage, firstPage, secondPage] = corePages(api).map(({ markdown }) => markdown);

  test('a name is documented once, and linked from the other entries that export it', () => {
    expect(firstPage).toContain('### `Shared`');
    expect(secondPage).not.toContain('### `Shared`');
    expect(secondPage).toContain('| [`Shared`](../first/#shared) | A number. |');
    expect(mainPage).toContain('| [`use`](second/#use) |');
  });

  test('types in signatures are links, and characters of formulas are escaped', () => {
    expect(secondPage).toContain(
      '<pre class="signature"><code><span class="keyword">function</span> use(from: <a href="../first/#shared">Shared</a>&lt;x&gt;): <span class="keyword">void</span></code></pre>',
    );
    expect(secondPage).toContain('Uses [`Shared`](../first/#shared) and `hidden`: a\\_1 \\* \\$2.');
    expect(secondPage).toContain('<pre class="formula-line">z = |x|\nw = y</pre>\n\nThen.');
  });

  test('a name that equals an earlier heading has the numbered id of its heading', () => {
    // The heading "Types" comes before it.
    const linking = entry('third', [types]);
    const [, , , page] = corePages({ ...api, entries: [...api.entries, linking] });
    expect(page!.markdown).toContain('(../second/#types-1)');
  });
});
