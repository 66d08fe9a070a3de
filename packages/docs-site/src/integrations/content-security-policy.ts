import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/**
 * The policy of one page: nothing from any other host, no script but its own files and the inline ones that it
 * was built with.
 *
 * Astro's own `security.csp` hashes neither Starlight's inline scripts nor the structured data of a page, so the
 * hashes are taken from the finished page. Styles may stand inline: KaTeX places the parts of a formula by them.
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
    // Drawn digits and Starlight's icons; nothing that a request goes out for.
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The page with its policy, as the first thing in its head that a policy can hold for. */
export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="content-security-policy" content="${policyOf(html)}">`;
  const head = /<head>(\s*<meta charset="[^"]*"\s*\/?>)?/;
  if (!head.test(html)) throw new Error('content security policy: the page has no <head>');
  return html.replace(head, (start) => start + meta);
}

/** Gives every built page its content security policy. GitHub Pages sends no headers of ours, so it is a meta. */
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
        logger.info(`${pages.length} pages have their policy`);
      },
    },
  };
}
