import { expect, test, vi } from 'vitest';
// oxlint-disable-next-line import/default -- its text, not its exports
import example from '../examples/learn.ts?raw';
import readme from '../README.md?raw';
import * as core from '../src/index.ts';

/** The contents of the README's code blocks in a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block]) => block!,
  );
}

test('the README shows examples/learn.ts, all but the line that is for the linter', () => {
  expect(blocks('ts')).toEqual([example.slice(example.indexOf('\n') + 1)]);
});

test('examples/learn.ts prints what the README says', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import('../examples/learn.ts');
  const printed = log.mock.calls.map(([line]) => `${line}\n`).join('');
  log.mockRestore();
  expect(blocks('text')).toEqual([printed]);
});

test('the README’s map names every function that core exports, and none that it does not', () => {
  const map = readme.slice(readme.indexOf('## Map'));
  const named = [...map.matchAll(/`([a-z]\w+)`/g)].map(([, name]) => name!);
  const exported = Object.entries(core).filter(([, value]) => !/^class\b/.test(String(value)));
  expect(new Set(named)).toEqual(new Set(exported.map(([name]) => name)));
});
