import ts from 'typescript';

/**
 * A signature as HTML: comments and keywords have classes, and names of types are links.
 *
 * @param linkOf gives the link to the documentation of a name, if any
 */
export function signatureHtml(signature: string, linkOf: (name: string) => string | undefined): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, signature);
  let html = '';
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const text = escapeHtml(scanner.getTokenText());
    const link = kind === ts.SyntaxKind.Identifier ? linkOf(scanner.getTokenText()) : undefined;
    if (link) html += `<a href="${link}">${text}</a>`;
    // A word such as `from` or `module` before a colon is a name.
    else if (signature[scanner.getTokenEnd()] === ':') html += text;
    else html += marked(kind, text);
  }
  return `<pre class="signature"><code>${html}</code></pre>`;
}

function marked(kind: ts.SyntaxKind, text: string): string {
  if (kind === ts.SyntaxKind.MultiLineCommentTrivia || kind === ts.SyntaxKind.SingleLineCommentTrivia) {
    return `<span class="comment">${text.replaceAll(/\{@link (\w+)\}/g, '$1')}</span>`;
  }
  if (kind >= ts.SyntaxKind.FirstKeyword && kind <= ts.SyntaxKind.LastKeyword) {
    return `<span class="keyword">${text}</span>`;
  }
  return text;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
