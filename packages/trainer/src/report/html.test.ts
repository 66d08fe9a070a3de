import { expect, test } from 'vitest';
import { html } from './html.ts';

test('values are escaped, markup and lists are not', () => {
  const items = ['<b>', '"&\''].map((text) => html`<li>${text}</li>`);
  expect(html`<ul title="${'a"b'}">${items}${false}${undefined}</ul>${0}`.markup).toBe(
    '<ul title="a&quot;b"><li>&lt;b&gt;</li><li>&quot;&amp;&#39;</li></ul>0',
  );
});
