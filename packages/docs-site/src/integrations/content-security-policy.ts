import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/**
 * The policy of one page: nothing from other hosts, and no scripts except the site's files and the inline scripts of
 * the build.
 *
 * Astro's own `security.csp` hashes neither Starlight's inline scripts nor the structured data of a page, so the
 * hashes are computed from the finished page. Inline styles are allowed, as KaTeX positions formulas with them.
 */
export function policyOf(html: string): string {
  const hashes = new Set(
    Array.from(
      html.matchAll(inlineScript),
      ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
    ),
  );
  return [
    "default-src 'self'",
    // The kernels and the search are WebAssembly.
    `script-src 'self' 'wasm-unsafe-eval' ${[...hashes].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    // Drawn digits and Starlight's icons, which need no request.
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The page with its policy, placed in the head before everything that the policy applies to. */
export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="content-security-policy" content="${policyOf(html)}">`;
  const head = /<head>(\s*<meta charset="[^"]*"\s*\/?>)?/;
  if (!head.test(html)) throw new Error('content security policy: the page has no <head>');
  return html.replace(head, (start) => start + meta);
}

/** Adds a content security policy to every built page, as a meta element: GitHub Pages cannot send own headers. */
export function contentSecurityPolicy(): AstroIntegration {
  return {
    name: 'content-security-policy',
    hooks: {
      async 'astro:build:done'({ dir, logger }) {
        const folder = fileURLToPath(dir);
        const pages = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.html'));
        for (const page of pages) {
          const file = path.join(folder, page);
          await writeFile(file, withPolicy(await readFile(file, 'utf8')));
        }
        logger.info(`${pages.length} pages have a content security policy`);
      },
    },
  };
}
