import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The folders of the site, lowest first: each imports from itself and from those before it. */
const order = ['styles', 'desk', 'build', 'drawings', 'blocks', 'demos', 'examples', 'content', 'pages'];

/** Why a file must not import another; undefined if it may. Paths are relative to `src`. */
function objection(file: string, imported: string): string | undefined {
  const [from = '', demo] = file.split('/');
  const [to = '', otherDemo] = imported.split('/');
  if (from === 'demos' && to === 'demos' && demo !== otherDemo) return 'a demo imports another demo';
  // Integrations run in astro.config.ts, beside the pages; only they read their modules.
  if (from === 'integrations' || to === 'integrations') {
    return from === to || to === 'desk' ? undefined : 'integrations stand alone';
  }
  return order.indexOf(to) <= order.indexOf(from) ? undefined : `${from} imports ${to}, which is above it`;
}

/** The files that a source imports by a relative path: `import … from`, `import()`, and `import.meta.glob`. */
function importsOf(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:\bfrom|\bimport|\bimport\(|\bglob(?:<\w+>)?\()\s*'(\.[^'?]*)/g);
  return Array.from(specifiers, ([, specifier]) => path.posix.join(path.posix.dirname(file), specifier!));
}

const objections = (file: string, source: string): string[] =>
  importsOf(file, source).flatMap((imported) => {
    const reason = objection(file, imported);
    return reason === undefined ? [] : [`${file}: ${reason} (${imported})`];
  });

test('imports go down the order of the folders, and no demo imports another', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.includes('/') && /\.(?:tsx?|astro|mdx)$/.test(file));
  expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set([...order, 'integrations']));
  const found = files.flatMap((file) =>
    objections(file, readFileSync(path.join(import.meta.dirname, file), 'utf8')),
  );
  expect(found).toEqual([]);
});

test.each([
  ['blocks/plot.tsx', "import { a } from '../demos/loss/loss-state.ts';"],
  ['desk/desk.ts', "import type { A } from '../blocks/plot.tsx';"],
  ['demos/train/Train.tsx', "import {\n  a,\n} from '../draw/Draw.tsx';"],
  ['blocks/Tex.astro', "const all = import.meta.glob<Demo>('../demos/*/*Demo.astro');"],
  ['desk/worker/serve.ts', "const late = await import('../../build/models.ts');"],
  ['blocks/plot.tsx', "import '../integrations/offline.ts';"],
])('an import in the wrong direction is found in %s', (file, source) => {
  expect(objections(file, source)).toHaveLength(1);
});

test.each([
  ['demos/train/Train.tsx', "import { a } from '../../desk/worker/client.ts';"],
  ['demos/train/Train.tsx', "import { a } from './marks.ts';"],
  ['content/AllDemos.astro', "const all = import.meta.glob<Demo>('../demos/*/*Demo.astro');"],
  ['content/docs/tutorial/loss.mdx', "import LossDemo from '../../../demos/loss/LossDemo.astro';"],
])('an import in the right direction is allowed in %s', (file, source) => {
  expect(objections(file, source)).toEqual([]);
});
