import { expect, test, vi } from 'vitest';
// oxlint-disable import/default -- their text, not their exports
import learn from '../examples/learn.ts?raw';
import train from '../examples/train.ts?raw';
import readme from '../README.md?raw';
import * as core from '../src/index.ts';

/** The contents of the README's code blocks in a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block]) => block!,
  );
}

test('the README shows the files of examples/, without their first line, which is for the linter', () => {
  const shown = [learn, train].map((text) => text.slice(text.indexOf('\n') + 1));
  expect(blocks('ts')).toEqual(shown);
});

test.each([
  ['learn', 0],
  ['train', 1],
])('examples/%s.ts prints the output in the README', async (name, index) => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import(`../examples/${name}.ts`);
  const printed = log.mock.calls.map(([line]) => `${line}\n`).join('');
  log.mockRestore();
  expect(blocks('text')[index]).toBe(printed);
});

test('the README’s map names every function that core exports, and no other', () => {
  const map = readme.slice(readme.indexOf('## Map'));
  const named = [...map.matchAll(/`([a-z]\w+)`/g)].map(([, name]) => name!);
  const exported = Object.entries(core).filter(([, value]) => !/^class\b/.test(String(value)));
  expect(new Set(named)).toEqual(new Set(exported.map(([name]) => name)));
});
