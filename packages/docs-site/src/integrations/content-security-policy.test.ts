import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { policyOf, withPolicy } from './content-security-policy.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the content security policy', () => {
  test('names each inline script by its hash, once, and no script with a src', () => {
    const html =
      '<script>one()</script><script type="module" src="/x.js"></script><script type="module">two()</script><script>one()</script>';
    const [, scripts] = policyOf(html).split('; ');
    expect(scripts).toBe(`script-src 'self' 'wasm-unsafe-eval' ${hash('one()')} ${hash('two()')}`);
  });

  test('comes right after the character set, before everything that it applies to', () => {
    const html = '<!DOCTYPE html><html><head><meta charset="utf-8"/><script>a</script></head></html>';
    expect(withPolicy(html)).toMatch(
      /<head><meta charset="utf-8"\/><meta http-equiv="content-security-policy" content="[^"]+"><script>/,
    );
  });

  test('rejects a page without a head', () => {
    expect(() => withPolicy('<p>')).toThrow('content security policy: the page has no <head>');
  });
});
